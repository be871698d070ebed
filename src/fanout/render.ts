import { execute, GraphQLError, type ExecutionResult } from 'graphql';
import type { FeedMessage } from '../seating/live/live-feed.ts';
import { metrics } from '../platform/observability/metrics.ts';
import { boundedErrors } from '../graphql/engine/bounded-errors.ts';
import { cleaned } from '../graphql/engine/clean-errors.ts';
import { Payload } from './payload.ts';
import type { SharedOperation } from '../graphql/engine/shared-operation.ts';

/** What a client may see of an error. */
export type Mask = (error: unknown) => Error;

/**
 * The one execution of a message for all who share the operation. Its context has nothing of a viewer, so that no field
 * beneath could depend on one even by mistake.
 */
export function render(
  operation: SharedOperation,
  message: FeedMessage,
  context: object,
  mask: Mask,
): Payload {
  metrics.sharedExecutions.inc();
  const { schema, document, operationName, variables } = operation;
  let result: ExecutionResult;
  try {
    const settled = execute({
      schema,
      document,
      operationName,
      variableValues: variables,
      rootValue: message,
      // Plugins keep things by the context object; a new one keeps nothing from one message to the next.
      contextValue: { ...context },
    });
    if (settled instanceof Promise) throw new Error('a shared subscription has an asynchronous resolver');
    result = settled;
  } catch (error) {
    result = { errors: [asGraphQLError(error)], data: null };
  }
  const { errors, data } = result;
  return new Payload(
    errors === undefined
      ? JSON.stringify({ data })
      : JSON.stringify({
          errors: cleaned(boundedErrors(errors.map((error) => asGraphQLError(mask(error))))),
          data,
        }),
  );
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
