import { GraphQLError } from 'graphql';
import { classifyDbError, isUnstorableText } from '../../../platform/database/db-errors.ts';
import { BusyError, ReadOnlyError, SelloutError } from '../../../platform/errors.ts';
import { getRootCause, isGraphQLError } from './graphql-error.ts';
import { logOncePerRequest, type RequestLog } from './log-once-per-request.ts';

/**
 * Returns what a client may see of an error that is not a member of a result union. Errors for clients pass with their
 * code. An unavailable database becomes BUSY or READ_ONLY and is logged. Everything else is logged and becomes "Unexpected
 * error." with the request ID, which finds the cause in the log.
 */
export function maskError(error: unknown, log: RequestLog): GraphQLError {
  const cause = getRootCause(error);
  if (isGraphQLError(cause)) return addCode(isGraphQLError(error) ? error : cause, cause);
  if (cause instanceof SelloutError) return toPublicError(cause, error);
  // guard: unstorable-text
  if (isUnstorableText(cause))
    return new GraphQLError('Text must not contain the character U+0000. Remove it.', {
      ...getLocation(error),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  const fields = { path: getPath(error) };
  const outage = toOutage(cause);
  if (outage !== null) {
    logOncePerRequest(log, 'warn', cause, 'database unavailable', fields);
    return new GraphQLError(outage.message, { ...getLocation(error), extensions: outage.extensions });
  }
  logOncePerRequest(log, 'error', cause, 'unexpected error', fields);
  return new GraphQLError('Unexpected error.', {
    ...getLocation(error),
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: log.requestId, unexpected: true },
  });
}

/** Adds a code to errors of GraphQL itself, about syntax or variables, which have none. */
function addCode(error: GraphQLError, cause: GraphQLError): GraphQLError {
  const isSyntax = cause.message.startsWith('Syntax Error');
  error.extensions['code'] ??=
    cause.extensions['code'] ?? (isSyntax ? 'GRAPHQL_PARSE_FAILED' : 'BAD_USER_INPUT');
  return error;
}

function toPublicError(cause: SelloutError, error: unknown): GraphQLError {
  const code = cause.code === 'INVALID_INPUT' ? 'BAD_USER_INPUT' : cause.code;
  const retry = 'retryAfterSeconds' in cause ? { retryAfterSeconds: cause.retryAfterSeconds } : {};
  return new GraphQLError(cause.message, { ...getLocation(error), extensions: { code, ...retry } });
}

/**
 * Returns the public error if the database is temporarily unavailable, else null. The message does not say that nothing
 * was changed, because the field may belong to the response of a mutation that succeeded.
 */
function toOutage(cause: unknown) {
  switch (classifyDbError(cause)) {
    case 'permanent':
      return null;
    case 'readOnly': {
      const { message, code, retryAfterSeconds } = new ReadOnlyError();
      return { message, extensions: { code, retryAfterSeconds } };
    }
    case 'transient':
    case 'exhausted':
    case 'connection': {
      const { code, retryAfterSeconds } = new BusyError();
      const message = 'The database is temporarily unavailable. Retry.';
      return { message, extensions: { code, retryAfterSeconds } };
    }
  }
}

function getLocation(error: unknown) {
  if (!isGraphQLError(error)) return {};
  return { nodes: error.nodes ?? null, path: error.path ?? null };
}

function getPath(error: unknown): string | undefined {
  return isGraphQLError(error) ? error.path?.join('.') : undefined;
}
