import { createServer, type ServerResponse } from 'node:http';
import type { DatabaseState } from '../platform/database/database-check.ts';
import { listen } from '../platform/listen.ts';
import { withTimeout } from '../platform/with-timeout.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { metricsContentType, readMetrics } from '../platform/observability/metrics/registry.ts';

export interface MetricsServerOptions {
  readonly port: number;
  readonly host: string;
  readonly logger: Logger;
  /** Reads the state that GET /ready reports. Without it there is no /ready. */
  readonly databaseState?: () => Promise<DatabaseState>;
}

export interface MetricsServer {
  readonly port: number;
  stop(): Promise<void>;
}

const CHECK_TIMEOUT_MS = 1_500;

/** Serves GET /metrics, /health and, for a worker, /ready on a separate port. */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { port, host, logger } = options;
  const server = createServer({ requestTimeout: 5_000 }, (req, res) => {
    respond(req.url ?? '', res, options).catch((error: unknown) => {
      logger.error({ err: error }, 'failed to serve metrics');
      res.destroy();
    });
  });
  return {
    port: await listen(server, port, host),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(path: string, res: ServerResponse, options: MetricsServerOptions): Promise<void> {
  const { databaseState, logger } = options;
  if (path === '/metrics') {
    const body = await readMetrics();
    res.writeHead(200, { 'content-type': metricsContentType }).end(body);
  } else if (path === '/health') {
    sendJson(res, 200, { status: 'ok' });
  } else if (path === '/ready' && databaseState !== undefined) {
    const database = await checkDatabase(databaseState, logger);
    const ready = database === 'ok';
    sendJson(res, ready ? 200 : 503, { status: ready ? 'ready' : 'unavailable', database });
  } else res.writeHead(404).end();
}

async function checkDatabase(read: () => Promise<DatabaseState>, logger: Logger): Promise<DatabaseState> {
  try {
    return await withTimeout(read(), CHECK_TIMEOUT_MS, 'the database');
  } catch (error) {
    logger.debug({ err: error }, 'not ready');
    return 'unreachable';
  }
}

function sendJson(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));
}
