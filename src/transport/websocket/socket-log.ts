import type { WebSocket } from 'ws';
import { toNetwork } from '../../http/request-context.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import type { Span } from '../../platform/observability/tracing.ts';
import type { RequestScope } from '../../platform/request-scope.ts';

interface SocketOperation {
  readonly scope: RequestScope;
  /** Null if operations are not traced. */
  readonly span: Span | null;
  readonly address: string;
}

/** Runs an operation, and logs it when it has ended. `logger` is a fast one. */
export async function logOperation(
  logger: Logger,
  { scope, span, address }: SocketOperation,
  work: () => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  await work();
  const { requestId, trace, operation = 'invalid' } = scope;
  span?.rename(operation);
  span?.end();
  const ms = Math.round((performance.now() - startedAt) * 10) / 10;
  const network = toNetwork(address);
  logger.info({ requestId, traceId: trace.traceId, operation, ms, network }, 'websocket operation');
}

/** Logs a socket when it has closed. */
export function logSocket(logger: Logger, address: string, scope: RequestScope, socket: WebSocket): void {
  const startedAt = performance.now();
  const { requestId, trace } = scope;
  socket.once('close', (code) => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const network = toNetwork(address);
    logger.info({ requestId, traceId: trace.traceId, code, seconds, network }, 'websocket closed');
  });
}
