import type { Exchange } from './exchange.ts';

const ALLOWED_HEADERS = 'authorization, content-type, accept, x-request-id';
const EXPOSED_HEADERS = 'x-request-id, retry-after, etag';

/**
 * Lets pages of the configured origins read answers; without any, nobody's. No credentials: tokens travel in a header
 * that a page sets itself, never in a cookie. Returns true where that was all there was to say (a preflight).
 */
export function handleCors({ req, res }: Exchange, origins: readonly string[]): boolean {
  if (origins.length === 0) return false;
  res.appendHeader('vary', 'origin');
  const origin = req.headers.origin;
  if (origin === undefined || !origins.includes(origin)) return false;
  res.setHeader('access-control-allow-origin', origin);
  res.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
  if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) return false;
  res.setHeader('access-control-allow-methods', 'GET, HEAD, POST');
  res.setHeader('access-control-allow-headers', ALLOWED_HEADERS);
  res.setHeader('access-control-max-age', '600');
  res.writeHead(204).end();
  return true;
}
