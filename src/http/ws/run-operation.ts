import {
  GraphQLError,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type { OperationResult } from 'graphql-ws';
import { DeadlineError } from '../../platform/deadline.ts';
import type { Logger } from '../../platform/logger.ts';
import { inTime } from '../in-time.ts';
import { httpLimits } from '../limits.ts';
import { currentRequestId } from '../request-scope.ts';
import type { Operations } from './operations.ts';

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
  /** Those of the socket. */
  readonly operations: Operations;
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
    const result = await inTime('the operation', httpLimits.answerTimeoutMs, work, logger, (late) => {
      if (Symbol.asyncIterator in late) end(late[Symbol.asyncIterator](), logger);
    });
    return Symbol.asyncIterator in result ? tracked(result, args.operations, logger) : result;
  } catch (error) {
    if (!(error instanceof DeadlineError)) return { errors: [masked(error)] };
    logger.error({ err: error, requestId: currentRequestId() }, 'operation not done in time');
    const message = 'It was not done in time, and whether it was done is not known. Try again.';
    return { errors: [new GraphQLError(message, { extensions: { code: 'BUSY' } })] };
  }
}

/** The same iterator, among the socket's operations until it ends. */
function tracked(
  results: Results,
  operations: Operations,
  logger: Logger,
): AsyncIterableIterator<ExecutionResult> {
  const iterator = results[Symbol.asyncIterator]();
  const stop = () => {
    if (operations.ended(stop)) end(iterator, logger);
  };
  operations.began(stop);
  return {
    async next() {
      try {
        const result = await iterator.next();
        if (result.done === true) operations.ended(stop);
        return result;
      } catch (error) {
        stop();
        throw error;
      }
    },
    return() {
      stop();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Nobody waits for the end of a subscription; whether it failed to end is for the log. */
function end(iterator: AsyncIterator<ExecutionResult>, logger: Logger): void {
  iterator
    .return?.()
    .catch((error: unknown) => logger.error({ err: error }, 'a subscription was not ended in order'));
}
