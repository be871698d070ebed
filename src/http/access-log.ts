import { isIP } from 'node:net';
import type { Logger } from '../platform/observability/logger.ts';
import { redactSecrets } from '../platform/observability/log-values.ts';
import { metrics } from '../platform/observability/metrics.ts';
import type { RequestContext } from './request-context.ts';

const PATH_LENGTH_MAX = 200;

/** Paths that probes request every few seconds. */
const probes: ReadonlySet<string> = new Set(['/health', '/ready']);

/**
 * Logs and counts a request when its response has ended. Logs nothing that the client wrote but the path: query strings
 * contain variables. `logger` is a fast one.
 */
export function logRequest({ req, res, path, scope, address }: RequestContext, logger: Logger): void {
  const startedAt = performance.now();
  res.once('close', () => {
    const status = res.statusCode;
    metrics.httpRequests.inc({ status: res.headersSent ? `${Math.floor(status / 100)}xx` : 'aborted' });
    const level = status >= 500 ? 'warn' : probes.has(path) ? 'debug' : 'info';
    if (!logger.isLevelEnabled(level)) return;
    logger[level](
      {
        requestId: scope.requestId,
        traceId: scope.trace.traceId,
        method: req.method,
        path: toLoggablePath(path),
        operation: scope.operation,
        status,
        ms: roundMs(performance.now() - startedAt),
        network: toNetwork(address),
        aborted: res.writableFinished ? undefined : true,
      },
      'request',
    );
  });
}

export function roundMs(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** Returns the network of an address, as an address identifies a person: the first 24 bits of IPv4, 48 of IPv6. */
export function toNetwork(address: string): string {
  const family = isIP(address);
  if (family === 4) return `${address.slice(0, address.lastIndexOf('.'))}.0/24`; // guard: logged-network
  if (family !== 6) return address;
  const [start = ''] = address.split('::');
  const groups = start === '' ? [] : start.split(':');
  return `${[...groups, '0', '0', '0'].slice(0, 3).join(':')}::/48`;
}

function toLoggablePath(path: string): string {
  if (path === '/graphql') return path;
  return redactSecrets(path.length > PATH_LENGTH_MAX ? `${path.slice(0, PATH_LENGTH_MAX)}…` : path); // guard: logged-path-length
}
