import { GraphQLError } from 'graphql';
import { SelloutError } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';

export interface MaskContext {
  readonly logger: Logger;
  readonly requestId: string;
}

/**
 * What a client gets to see of an error that no result union has taken. Errors made for clients pass, with their code;
 * anything else becomes "Unexpected error." with the request id under which the log has its cause.
 */
export function maskError(error: unknown, ctx: MaskContext): GraphQLError {
  const cause = rootOf(error);
  if (cause instanceof GraphQLError) return error instanceof GraphQLError ? error : cause;
  if (cause instanceof SelloutError) return exposed(cause, error);
  ctx.logger.error({ err: cause, requestId: ctx.requestId, path: pathOf(error) }, 'unexpected error');
  return new GraphQLError('Unexpected error.', {
    ...placeOf(error),
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: ctx.requestId, unexpected: true },
  });
}

/** The error that was thrown, inside whatever the executor and the plugins wrapped it in. */
function rootOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError != null) cause = cause.originalError;
  return cause;
}

function exposed(cause: SelloutError, error: unknown): GraphQLError {
  const code = cause.code === 'INVALID_INPUT' ? 'BAD_USER_INPUT' : cause.code;
  const retry =
    'retryAfterSeconds' in cause ? { retryAfterSeconds: cause.retryAfterSeconds } : {};
  return new GraphQLError(cause.message, { ...placeOf(error), extensions: { code, ...retry } });
}

function placeOf(error: unknown) {
  if (!(error instanceof GraphQLError)) return {};
  return { nodes: error.nodes ?? null, path: error.path ?? null };
}

function pathOf(error: unknown): string | undefined {
  return error instanceof GraphQLError ? error.path?.join('.') : undefined;
}
