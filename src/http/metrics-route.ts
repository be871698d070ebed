import { metrics, metricsContentType, readMetrics } from '../platform/metrics.ts';
import type { Exchange } from './exchange.ts';
import { unsentBytes } from './shared/outlet.ts';

/** For Prometheus. It tells how busy the process is, so whoever faces the internet keeps the path to itself. */
export async function handleMetrics({ res }: Exchange): Promise<void> {
  const { total, most } = unsentBytes();
  metrics.unsentBytes.set(total);
  metrics.unsentBytesMost.set(most);
  const body = await readMetrics();
  res.writeHead(200, {
    'content-type': metricsContentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  res.end(body);
}
