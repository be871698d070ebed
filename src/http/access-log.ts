import type { Logger } from '../platform/observability/logger.ts';
import { metrics } from '../platform/observability/metrics.ts';
import type { Exchange } from './request-context.ts';

/**
 * One line a request, when its response has ended, and one more in its count. Paths only, for query strings carry what callers wrote. What went
 * well is `debug`: at thousands a second the log must not be the bottleneck.
 */
export function logAccess({ req, res, path, requestId, address }: Exchange, logger: Logger): void {
  const startedAt = performance.now();
  res.once('close', () => {
    const status = res.statusCode;
    metrics.httpRequests.inc({ status: res.headersSent ? `${Math.floor(status / 100)}xx` : 'aborted' });
    const line = {
      requestId,
      method: req.method,
      path,
      status,
      ms: Math.round((performance.now() - startedAt) * 10) / 10,
      address,
      ...(res.writableFinished ? {} : { aborted: true }),
    };
    if (status >= 500) logger.warn(line, 'request');
    else if (status >= 400) logger.info(line, 'request');
    else logger.debug(line, 'request');
  });
}
