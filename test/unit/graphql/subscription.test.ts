import { buildSchema, GraphQLError, type ExecutionResult } from 'graphql';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEngine } from '../../../src/graphql/engine/engine.ts';
import { operationLimits } from '../../../src/graphql/engine/limits.ts';
import { prepareOperation } from '../../../src/graphql/engine/operation.ts';
import type { Subscription } from '../../../src/graphql/engine/subscription.ts';
import { silent } from '../../support/booking.ts';

afterEach(() => void vi.useRealTimers());

/** A source of numbers that the test controls. */
function createSource(events: readonly (number | Error)[]) {
  const left = [...events];
  const end = vi.fn<() => void>();
  const iterate = vi.fn<() => void>();
  const source: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => {
      iterate();
      return {
        next: async () => {
          const event = left.shift();
          if (event instanceof Error) throw event;
          return event === undefined ? { done: true, value: undefined } : { done: false, value: event };
        },
        return: async () => {
          end();
          return { done: true, value: undefined };
        },
      };
    },
  };
  return { source, end, iterate };
}

async function subscribe(open: () => unknown): Promise<ExecutionResult | Subscription> {
  const schema = buildSchema(`type Query { a: Int } type Subscription { count: Int }`);
  const field = schema.getSubscriptionType()?.getFields()['count'];
  if (field === undefined) throw new Error('the field is missing');
  field.subscribe = open;
  field.resolve = (event: number) => {
    if (event < 0) throw new Error('a secret');
    return event;
  };
  const engine = createEngine({
    schema,
    plugins: [],
    logger: silent,
    maskError: () => new GraphQLError('masked'),
    services: {},
    sharedContext: {},
    onRevoked: () => () => undefined,
  });
  const params = { query: 'subscription { count }', operationName: null, variables: null };
  const operation = prepareOperation(engine, params, { viewer: null, requestId: 'one', budget: null });
  if (operation.kind === 'invalid') throw new AggregateError(operation.errors);
  return operation.subscribe();
}

async function open(source: AsyncIterable<number>): Promise<Subscription> {
  const subscription = await subscribe(() => source);
  if (!('source' in subscription)) throw new Error('it did not start');
  return subscription;
}

async function collect(results: AsyncIterable<ExecutionResult>) {
  const all = [];
  for await (const { data, errors } of results)
    all.push(errors === undefined ? data?.['count'] : errors.map(({ message }) => message));
  return all;
}

describe('a subscription', () => {
  it('has the very source that its resolver returned, and does not iterate it by itself', async () => {
    const { source, iterate } = createSource([1]);
    const subscription = await open(source);
    expect(subscription.source).toBe(source);
    const shared = createSource([]).source as unknown as AsyncIterable<ExecutionResult>;
    expect(await collect(subscription.results(shared))).toEqual([]);
    expect(iterate).not.toHaveBeenCalled();
  });

  it('executes each event, and masks errors', async () => {
    const { source } = createSource([1, -1, 2]);
    expect(await collect((await open(source)).results(null))).toEqual([1, ['masked'], 2]);
  });

  it('ends with an error if its source fails', async () => {
    const { source, end } = createSource([1, new Error('a secret'), 2]);
    expect(await collect((await open(source)).results(null))).toEqual([1, ['masked']]);
    expect(end).toHaveBeenCalledTimes(1);
  });

  it('does not start if its resolver fails', async () => {
    const result = await subscribe(() => {
      throw new Error('a secret');
    });
    expect(result).toMatchObject({ errors: [{ message: 'masked' }] });
  });

  it('whose source opens after the timeout is ended once', async () => {
    vi.useFakeTimers();
    const { source, end } = createSource([1]);
    const late = Promise.withResolvers<unknown>();
    const result = subscribe(() => late.promise);
    await vi.advanceTimersByTimeAsync(operationLimits.timeoutMs);
    expect(await result).toMatchObject({ errors: [{ extensions: { code: 'BUSY' } }] });
    expect(end).not.toHaveBeenCalled();
    late.resolve(source);
    await vi.advanceTimersByTimeAsync(0);
    expect(end).toHaveBeenCalledTimes(1);
  });
});
