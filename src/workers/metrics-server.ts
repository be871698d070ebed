import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../platform/logger.ts';
import { metricsContentType, readMetrics } from '../platform/metrics.ts';

/** Serves GET /metrics and GET /health on a port of their own. `scrape` returns the metrics as text. */
export async function startMetricsServer(
  port: number,
  host: string,
  logger: Logger,
  scrape: () => Promise<string> = readMetrics,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const server = createServer({ requestTimeout: 5_000 }, (req, res) => {
    answer(req.url ?? '', res, scrape).catch((error: unknown) => {
      logger.error({ err: error }, 'metrics not served');
      res.destroy();
    });
  });
  await listen(server, port, host);
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(path: string, res: ServerResponse, scrape: () => Promise<string>): Promise<void> {
  if (path === '/metrics') {
    const body = await scrape();
    res.writeHead(200, { 'content-type': metricsContentType }).end(body);
  } else if (path === '/health') {
    res.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end('{"status":"ok"}');
  } else res.writeHead(404).end();
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
