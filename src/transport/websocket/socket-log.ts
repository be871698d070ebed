import { toNetwork } from '../../http/request-context.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import type { Span } from '../../platform/observability/tracing.ts';
import type { RequestScope } from '../../platform/request-scope.ts';

interface EndedOperation {
  readonly scope: RequestScope;
  /** Null if operations are not traced. */
  readonly span: Span | null;
  readonly startedAt: number;
}

/** Logs an operation that has ended. `logger` is a fast one. */
export function logOperation(
  logger: Logger,
  address: string,
  { scope, span, startedAt }: EndedOperation,
): void {
  const { requestId, trace, operation = 'invalid' } = scope;
  span?.rename(operation);
  span?.end();
  const ms = Math.round((performance.now() - startedAt) * 10) / 10;
  const network = toNetwork(address);
  logger.info({ requestId, traceId: trace.traceId, operation, ms, network }, 'websocket operation');
}

interface ClosedSocket {
  readonly address: string;
  readonly scope: RequestScope;
  readonly openedAt: number;
}

/** Logs a socket that has closed. `logger` is a fast one. */
export function logSocket(logger: Logger, { address, scope, openedAt }: ClosedSocket, code: number): void {
  const { requestId, trace } = scope;
  const seconds = Math.round((performance.now() - openedAt) / 1000);
  const network = toNetwork(address);
  logger.info({ requestId, traceId: trace.traceId, code, seconds, network }, 'websocket closed');
}
