import { metricsContentType, readMetrics } from '../../platform/observability/metrics.ts';
import type { Exchange } from '../request-context.ts';

/** Serves the metrics on the public port. They show how busy the process is, so production turns this off. */
export async function handleMetrics({ res }: Exchange): Promise<void> {
  const body = await readMetrics();
  res.writeHead(200, {
    'content-type': metricsContentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  res.end(body);
}
