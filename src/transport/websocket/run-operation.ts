import type { ExecutionArgs, ExecutionResult } from 'graphql';
import type { Logger } from '../../platform/observability/logger.ts';
import { endResults, type ReadyOperation, type Results } from '../../graphql/engine/operation.ts';
import type { SharedSubscriptions } from '../../fanout/shared-subscriptions.ts';
import type { Reader } from '../../fanout/subscriber.ts';
import type { Operations } from './operations.ts';

/** What graphql-ws hands from `onSubscribe` to `execute` or `subscribe`. */
export interface Prepared extends ExecutionArgs {
  readonly operation: ReadyOperation;
  readonly reader: Reader;
  /** Those of the socket. */
  readonly operations: Operations;
}

/** Starts a subscription and counts it among the socket's operations until it ends. */
export async function subscribe(
  { operation, operations, reader }: Prepared,
  shared: SharedSubscriptions,
  logger: Logger,
): Promise<ExecutionResult | Results> {
  const park = operation.shared === null ? undefined : shared.parkFor(operation.shared, reader);
  const result = await operation.subscribe(park);
  return Symbol.asyncIterator in result ? tracked(result, operations, logger) : result;
}

function tracked(
  results: Results,
  operations: Operations,
  logger: Logger,
): AsyncIterableIterator<ExecutionResult> {
  const iterator = results[Symbol.asyncIterator]();
  const stop = () => {
    if (operations.ended(stop)) endResults(iterator, logger);
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
