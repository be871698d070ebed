import { GraphQLError } from 'graphql';

/** Codes of errors in `errors`, which require another request or another caller. */
type ErrorExtensionCode =
  'UNAUTHENTICATED' | 'FORBIDDEN' | 'BAD_USER_INPUT' | 'NOT_FOUND' | 'QUERY_TOO_COMPLEX';

function graphqlError(code: ErrorExtensionCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

export function unauthenticated(): GraphQLError {
  return graphqlError(
    'UNAUTHENTICATED',
    'Authentication is required. Send a valid token as `Authorization: Bearer …`, or over WebSocket as `authorization` in connection_init.',
  );
}

export function forbidden(): GraphQLError {
  return graphqlError('FORBIDDEN', 'Permission denied. Only the organizer can perform this operation.');
}

export function badUserInput(message: string): GraphQLError {
  return graphqlError('BAD_USER_INPUT', message);
}

export function notFound(what: string): GraphQLError {
  return graphqlError('NOT_FOUND', `The ${what} does not exist or is not visible to you. Check the ID.`);
}

/** The error that was thrown, without the layers that the executor and the plugins wrapped it in. */
export function rootCause(error: unknown): unknown {
  let cause = error;
  while (isGraphQLError(cause) && cause.originalError != null) cause = cause.originalError;
  return cause;
}

/** By name: two copies of graphql in one process (its two module formats, say) have a class each. */
export function isGraphQLError(error: unknown): error is GraphQLError {
  return error instanceof Error && error.name === 'GraphQLError';
}
