import { metricsContentType, readMetrics } from '../platform/metrics.ts';
import type { Exchange } from './exchange.ts';

/** For Prometheus. It tells how busy the process is, so whoever faces the internet keeps the path to itself. */
export async function handleMetrics({ res }: Exchange): Promise<void> {
  const body = await readMetrics();
  res.writeHead(200, {
    'content-type': metricsContentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  res.end(body);
}
