import { createServer, IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Config } from '../platform/config/config.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { pause } from '../platform/pause.ts';
import { AppResponse } from './app-response.ts';
import { limitConnections } from './connection-limits.ts';
import { httpLimits } from './limits.ts';

export type ServerConfig = Pick<Config, 'inactivityMs' | 'tcpConnections' | 'trustedProxies'>;

/** Creates a server with its timeouts and connection limits. It does not listen yet. */
export function createHttpServer(
  listener: RequestListener<typeof IncomingMessage, typeof AppResponse>,
  config: ServerConfig,
): Server {
  const server = createServer(
    {
      IncomingMessage,
      ServerResponse: AppResponse,
      headersTimeout: httpLimits.headersTimeoutMs,
      // The last resort: bodies have shorter deadlines, depending on their size.
      requestTimeout: httpLimits.largeBodyTimeoutMs + httpLimits.headersTimeoutMs,
      connectionsCheckingInterval: 2_000,
      keepAliveTimeout: httpLimits.keepAliveTimeoutMs,
      noDelay: true,
      // A client that offers another protocol (HTTP/2, as curl and Java do) continues with HTTP/1.1.
      // guard: other-upgrade-ignored
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
    listener,
  );
  server.timeout = config.inactivityMs; // guard: inactive-client-timeout
  limitConnections(server, { ...config.tcpConnections, proxies: config.trustedProxies });
  return server;
}

const IDLE_CHECK_MS = 100;

export interface StopContext {
  readonly server: Server;
  readonly stopping: AbortController;
  readonly endSockets: () => void;
  /** How long the server still accepts connections after /ready starts to answer 503, so that balancers notice. */
  readonly drainMs: number;
  readonly logger: Logger;
}

/**
 * Stops a server in order: /ready answers 503, new connections are refused, streams end, and requests in progress may
 * finish within a deadline.
 */
export async function stopServer({
  server,
  stopping,
  endSockets,
  drainMs,
  logger,
}: StopContext): Promise<void> {
  stopping.abort();
  if (drainMs > 0) await pause(drainMs);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const timer = setTimeout(() => {
    logger.warn('server stopped with requests still in progress');
    server.closeAllConnections();
    endSockets();
  }, httpLimits.stopTimeoutMs);
  // `close` has closed idle connections. The others become idle when their requests are done.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  await closed;
  clearTimeout(timer);
  clearInterval(idle);
}
