import { GraphQLError } from 'graphql';

/** Codes of entries in `errors` that require a different request or a different caller. */
type ErrorExtensionCode =
  'UNAUTHENTICATED' | 'FORBIDDEN' | 'BAD_USER_INPUT' | 'NOT_FOUND' | 'QUERY_TOO_COMPLEX';

function createError(code: ErrorExtensionCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

export function unauthenticated(): GraphQLError {
  return createError(
    'UNAUTHENTICATED',
    'Authentication is required. Send a valid token as `Authorization: Bearer …`, or over WebSocket as `authorization` in connection_init.',
  );
}

export function forbidden(): GraphQLError {
  return createError('FORBIDDEN', 'Permission denied. Only the organizer can perform this operation.');
}

export function badUserInput(message: string): GraphQLError {
  return createError('BAD_USER_INPUT', message);
}

export function notFound(what: string): GraphQLError {
  return createError('NOT_FOUND', `The ${what} does not exist or is not visible to you. Check the ID.`);
}

/** Returns the error that was thrown, without the wrappers of the executor and the plugins. */
export function getRootCause(error: unknown): unknown {
  let cause = error;
  while (isGraphQLError(cause) && cause.originalError != null) cause = cause.originalError;
  return cause;
}

/** Compares by name: a process may have two copies of graphql, for example in two module formats, each with its class. */
export function isGraphQLError(error: unknown): error is GraphQLError {
  return error instanceof Error && error.name === 'GraphQLError';
}
