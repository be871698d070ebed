import { metricsContentType, readMetrics } from '../../platform/observability/metrics.ts';
import type { RequestContext } from '../request-context.ts';

/** Serves the metrics on the public port. Production turns this off, because they show how busy the process is. */
export async function handleMetrics({ res }: RequestContext): Promise<void> {
  const body = await readMetrics();
  res.writeHead(200, {
    'content-type': metricsContentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  res.end(body);
}
