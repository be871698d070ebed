import {
  GraphQLError,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type { OperationResult } from 'graphql-ws';
import type { Logger } from '../../platform/logger.ts';
import { DeadlineError, withDeadline } from '../deadline.ts';
import { httpLimits } from '../limits.ts';
import { currentRequestId } from '../request-scope.ts';

type Results = AsyncIterable<ExecutionResult>;

/** What Yoga's plugins made of GraphQL's functions, for one operation. */
export interface Plugged {
  readonly schema: GraphQLSchema;
  parse(query: string): DocumentNode;
  validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[];
  contextFactory(): Promise<unknown>;
  execute(args: ExecutionArgs): OperationResult;
  subscribe(args: ExecutionArgs): OperationResult;
}

/** What `onSubscribe` makes: the arguments, with the functions to execute them. */
export interface Prepared extends ExecutionArgs {
  readonly plugged: Plugged;
  /** What ends the subscriptions of the socket. */
  readonly open: Set<() => void>;
}

/** A subscription has the same time to start as a query has to answer. */
export async function runOperation(
  what: 'execute' | 'subscribe',
  args: Prepared,
  masked: (error: unknown) => GraphQLError,
  logger: Logger,
): Promise<ExecutionResult | Results> {
  try {
    const work = args.plugged[what](args) as Promise<ExecutionResult | Results>;
    const result = await withDeadline('the operation', httpLimits.answerTimeoutMs, work, end);
    return Symbol.asyncIterator in result ? tracked(result, args.open) : result;
  } catch (error) {
    if (!(error instanceof DeadlineError)) return { errors: [masked(error)] };
    logger.error({ err: error, requestId: currentRequestId() }, 'operation not done in time');
    const message = 'It was not done in time, and whether it was done is not known. Try again.';
    return { errors: [new GraphQLError(message, { extensions: { code: 'BUSY' } })] };
  }
}

/** The same iterator, in the set until it ends. */
function tracked(results: Results, open: Set<() => void>): AsyncIterableIterator<ExecutionResult> {
  const iterator = results[Symbol.asyncIterator]();
  const stop = () => {
    open.delete(stop);
    iterator.return?.().catch(() => undefined);
  };
  open.add(stop);
  return {
    async next() {
      const result = await iterator.next();
      if (result.done === true) open.delete(stop);
      return result;
    },
    async return() {
      open.delete(stop);
      return (await iterator.return?.()) ?? { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A subscription that began too late for its subscriber. */
function end(result: ExecutionResult | Results): void {
  if (Symbol.asyncIterator in result) void result[Symbol.asyncIterator]().return?.();
}
