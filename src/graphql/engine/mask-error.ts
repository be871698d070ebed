import { GraphQLError } from 'graphql';
import { classifyDbError, isUnstorableText } from '../../platform/database/db-errors.ts';
import { BusyError, ReadOnlyError, SelloutError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { isGraphQLError, rootCause } from '../schema/errors.ts';
import { isFirstOfRequest } from './log-once.ts';

export interface MaskContext {
  readonly logger: Logger;
  readonly requestId: string;
}

/**
 * What a client gets to see of an error that no result union has taken. Errors made for clients pass, with their code;
 * a database that can't be asked just now is BUSY or READ_ONLY, and logged; anything else becomes "Unexpected error." with the request id under which the log has its cause.
 */
export function maskError(error: unknown, ctx: MaskContext): GraphQLError {
  const cause = rootCause(error);
  if (isGraphQLError(cause)) return coded(isGraphQLError(error) ? error : cause, cause);
  if (cause instanceof SelloutError) return exposed(cause, error);
  // guard: unstorable-text
  if (isUnstorableText(cause))
    return new GraphQLError('Text must not contain the character U+0000. Remove it.', {
      ...placeOf(error),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  const isFirst = isFirstOfRequest(ctx.requestId, cause);
  const line = { err: cause, requestId: ctx.requestId, path: pathOf(error) };
  const outage = outageOf(cause);
  if (outage !== null) {
    if (isFirst) ctx.logger.warn(line, 'database unavailable');
    return new GraphQLError(outage.message, { ...placeOf(error), extensions: outage.extensions });
  }
  if (isFirst) ctx.logger.error(line, 'unexpected error');
  return new GraphQLError('Unexpected error.', {
    ...placeOf(error),
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: ctx.requestId, unexpected: true },
  });
}

/** What GraphQL itself finds wrong with a request (its syntax, its variables) has no code of its own. */
function coded(error: GraphQLError, cause: GraphQLError): GraphQLError {
  const isSyntax = cause.message.startsWith('Syntax Error');
  error.extensions['code'] ??=
    cause.extensions['code'] ?? (isSyntax ? 'GRAPHQL_PARSE_FAILED' : 'BAD_USER_INPUT');
  return error;
}

function exposed(cause: SelloutError, error: unknown): GraphQLError {
  const code = cause.code === 'INVALID_INPUT' ? 'BAD_USER_INPUT' : cause.code;
  const retry = 'retryAfterSeconds' in cause ? { retryAfterSeconds: cause.retryAfterSeconds } : {};
  return new GraphQLError(cause.message, { ...placeOf(error), extensions: { code, ...retry } });
}

/**
 * Null where the error is none of the database's passing ones. Says nothing of what happened: the field that failed may
 * belong to the answer of a mutation that succeeded.
 */
function outageOf(cause: unknown) {
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

function placeOf(error: unknown) {
  if (!isGraphQLError(error)) return {};
  return { nodes: error.nodes ?? null, path: error.path ?? null };
}

function pathOf(error: unknown): string | undefined {
  return isGraphQLError(error) ? error.path?.join('.') : undefined;
}
