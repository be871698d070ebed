import { metrics, metricsContentType, readMetrics } from '../../platform/observability/metrics.ts';
import type { Exchange } from '../request-context.ts';
import { unsentBytes } from '../../fanout/send-buffer.ts';

/** The metrics of a process that serves HTTP, in the format that Prometheus scrapes. */
export function scrapeHttpMetrics(): Promise<string> {
  const { total, most } = unsentBytes();
  metrics.unsentBytes.set(total);
  metrics.unsentBytesMost.set(most);
  return readMetrics();
}

/** Serves the metrics on the public port. They show how busy the process is, so production turns this off. */
export async function handleMetrics({ res }: Exchange): Promise<void> {
  const body = await scrapeHttpMetrics();
  res.writeHead(200, {
    'content-type': metricsContentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  res.end(body);
}
