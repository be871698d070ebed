import {
  createSourceEventStream,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Viewer } from '../../identity/viewer.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { limitErrors } from './errors/response-errors.ts';
import type { Caller } from './caller.ts';
import { observeViewer, untilTokenEnds, type OnRevoked } from './token-expiry.ts';

export type Results = AsyncIterable<ExecutionResult>;

/** Converts an error into what a client may see of it. */
export type MaskError = (error: unknown) => GraphQLError;

/** A subscription whose source is open. None of its events has been executed. */
export interface Subscription {
  /** The object that the `subscribe` resolver of the field returned. */
  readonly source: AsyncIterable<unknown>;
  /**
   * Returns the results of the subscription: `shared`, if the caller has arranged for its events to be executed, else
   * those of executing each event. Both end with an error when the token of a private subscription expires or is revoked.
   */
  results(shared: Results | null): Results;
}

/** The source of a subscription, as it passes through Yoga's plugins. */
export class OpenSource {
  readonly source: AsyncIterable<unknown>;
  /** The viewer of a private subscription, whose token must stay valid; null for a public subscription. */
  readonly viewer: Viewer | null;

  constructor(source: AsyncIterable<unknown>, viewer: Viewer | null) {
    this.source = source;
    this.viewer = viewer;
  }
}

/** Makes Yoga's `subscribe` return the source: the transport decides whether its events are executed for one or for many. */
export const sourceSubscriptions: Plugin = {
  onSubscribe({ setSubscribeFn }) {
    setSubscribeFn(openSource);
  },
};

async function openSource(args: ExecutionArgs): Promise<ExecutionResult | OpenSource> {
  const observed = observeViewer(args.contextValue as Caller);
  const opened = await createSourceEventStream(args);
  return Symbol.asyncIterator in opened ? new OpenSource(opened, observed()) : opened;
}

export function openSubscription(
  { source, viewer }: OpenSource,
  args: ExecutionArgs,
  mask: MaskError,
  { onRevoked, logger }: { readonly onRevoked: OnRevoked; readonly logger: Logger },
): Subscription {
  return {
    source,
    results(shared) {
      const results = shared ?? executeEvents(source, args, mask);
      return viewer === null ? results : untilTokenEnds(results, viewer, onRevoked, logger);
    },
  };
}

/** Executes each event of a source. If the source fails, its error is the last result. */
function executeEvents(
  source: AsyncIterable<unknown>,
  args: ExecutionArgs,
  mask: MaskError,
): AsyncIterableIterator<ExecutionResult> {
  const events = source[Symbol.asyncIterator]();
  const over = { done: true, value: undefined } as const;
  let failed = false;
  return {
    async next() {
      if (failed) return over;
      try {
        const event = await events.next();
        return event.done === true
          ? over
          : { done: false, value: await executeEvent(args, event.value, mask) };
      } catch (error) {
        failed = true;
        await events.return?.();
        return { done: false, value: { errors: limitErrors([mask(error)]) } };
      }
    },
    async return() {
      await events.return?.();
      return over;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Executes a subscription's operation for one event. */
async function executeEvent(args: ExecutionArgs, event: unknown, mask: MaskError): Promise<ExecutionResult> {
  const result = await execute({ ...args, rootValue: event });
  const { errors } = result;
  return errors === undefined ? result : { ...result, errors: limitErrors(errors.map(mask)) };
}

/** Ends a subscription, or a source whose iteration has not begun, in the background. A failure is only logged. */
export function endResults(results: AsyncIterable<unknown> | AsyncIterator<unknown>, logger: Logger): void {
  const iterator = Symbol.asyncIterator in results ? results[Symbol.asyncIterator]() : results;
  iterator.return?.().catch((error: unknown) => logger.error({ err: error }, 'failed to end a subscription'));
}
