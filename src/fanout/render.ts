import type { ExecutionResult } from 'graphql';
import { formatErrors } from '../graphql/engine/errors/response-errors.ts';
import type { Engine } from '../graphql/engine/engine.ts';
import { toGraphQLError } from '../graphql/engine/operation.ts';
import type { SharedOperation } from '../graphql/engine/shared-operation.ts';
import { executeEvent } from '../graphql/engine/subscription.ts';
import { metrics } from '../platform/observability/metrics.ts';
import { uuidV7 } from '../platform/uuid.ts';
import type { FeedMessage } from '../seating/live/feed-message.ts';
import { Payload } from './payload.ts';

/**
 * Executes and serializes a message once for all subscribers of an operation. The context contains nothing of a viewer, so
 * that no field can depend on one by mistake.
 */
export function render(engine: Engine, operation: SharedOperation, message: FeedMessage): Payload {
  metrics.sharedExecutions.inc();
  const { errors, data } = execute(engine, operation, message);
  return new Payload(
    JSON.stringify(errors === undefined ? { data } : { errors: formatErrors(errors), data }),
  );
}

function execute(engine: Engine, operation: SharedOperation, message: FeedMessage): ExecutionResult {
  const { schema, document, operationName, variables } = operation;
  // Many clients see the error, so it must not bear the request ID of one of them.
  const mask = (error: unknown) => toGraphQLError(engine, error, uuidV7()); // guard: shared-error-request-id
  try {
    const args = {
      schema,
      document,
      operationName,
      variableValues: variables,
      // Plugins store data by context object. A new object keeps nothing from one message to the next.
      contextValue: { ...engine.sharedContext },
    };
    const result = executeEvent(args, message, mask);
    if (result instanceof Promise) throw new Error('a shared subscription has an asynchronous resolver');
    return result;
  } catch (error) {
    return { errors: [mask(error)], data: null };
  }
}
