import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../platform/observability/logger.ts';
import { httpLimits } from './limits.ts';

const IDLE_CHECK_MS = 100;

export interface StopContext {
  readonly server: Server;
  readonly stopping: AbortController;
  readonly endSockets: () => void;
  /** How long it goes on taking connections after /ready has begun to say 503, for balancers to notice. */
  readonly drainMs: number;
  readonly logger: Logger;
}

/** Not ready first, then no new connections; streams end, and what is under way may finish within a deadline. */
export async function stopServer({
  server,
  stopping,
  endSockets,
  drainMs,
  logger,
}: StopContext): Promise<void> {
  stopping.abort();
  if (drainMs > 0) await delay(drainMs);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const timer = setTimeout(() => {
    logger.warn('server stopped with requests still in progress');
    server.closeAllConnections();
    endSockets();
  }, httpLimits.stopTimeoutMs);
  // `close` lets go of the kept connections that are idle now; these become so when their request is done.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  await closed;
  clearTimeout(timer);
  clearInterval(idle);
}
