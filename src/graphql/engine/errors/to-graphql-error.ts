import { GraphQLError } from 'graphql';
import { RequestError } from '../../../platform/request-error.ts';
import { currentRequestId } from '../../../platform/request-scope.ts';
import type { Engine } from '../engine.ts';

/** Converts an error into what a client may see of it. The log shows its cause under `requestId`. */
export function toGraphQLError(
  engine: Pick<Engine, 'maskError'>,
  error: unknown,
  requestId = currentRequestId(),
): GraphQLError {
  if (error instanceof RequestError) {
    const { code, status } = error;
    return new GraphQLError(error.message, { extensions: { code, http: { status } } });
  }
  const masked = engine.maskError(error, requestId);
  return masked instanceof GraphQLError
    ? masked
    : new GraphQLError(masked.message, { originalError: masked });
}
