import type { Exchange } from './request-context.ts';

/** Headers that clients and their tracing set on requests; a page may send no other without a setting. */
const ALLOWED_HEADERS: readonly string[] = [
  'accept',
  'authorization',
  'content-type',
  'cache-control',
  'last-event-id',
  // Conditional requests.
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-unmodified-since',
  // Tracing: W3C Trace Context and Baggage.
  'traceparent',
  'tracestate',
  'baggage',
  'x-request-id',
  // Apollo's clients, for the web, iOS and Kotlin.
  'apollo-require-preflight',
  'apollographql-client-name',
  'apollographql-client-version',
  'apollographql-library-name',
  'apollographql-library-version',
  'x-apollo-operation-id',
  'x-apollo-operation-name',
  'x-apollo-operation-type',
  'x-apollo-require-preflight',
];

const EXPOSED_HEADERS = 'allow, etag, retry-after, www-authenticate, x-request-id';

export interface CorsSettings {
  /** Origins of pages that may read answers; without any, none may. */
  readonly corsOrigins: readonly string[];
  /** Request headers that such pages may set besides the usual ones. */
  readonly corsAllowedHeaders: readonly string[];
}

/** Sets the headers of an answer. Returns true if the request was a preflight, which is then answered. */
export type CorsHandler = (exchange: Exchange) => boolean;

/**
 * Lets pages of the configured origins read answers. No credentials: tokens travel in a header that a page sets itself,
 * never in a cookie.
 */
export function corsHandler({ corsOrigins, corsAllowedHeaders }: CorsSettings): CorsHandler {
  const allowedHeaders = [...new Set([...ALLOWED_HEADERS, ...corsAllowedHeaders])].join(', ');
  return (exchange) => handleCors(exchange, corsOrigins, allowedHeaders);
}

function handleCors({ req, res }: Exchange, origins: readonly string[], allowedHeaders: string): boolean {
  if (origins.length === 0) return false;
  res.appendHeader('vary', 'origin');
  const origin = req.headers.origin;
  if (origin === undefined || !origins.includes(origin)) return false;
  res.setHeader('access-control-allow-origin', origin);
  res.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
  if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) return false;
  res.setHeader('access-control-allow-methods', 'GET, HEAD, POST');
  res.setHeader('access-control-allow-headers', allowedHeaders);
  res.setHeader('access-control-max-age', '600');
  res.writeHead(204).end();
  return true;
}
