import type { RequestContext } from './request-context.ts';

/** Request headers that pages may send by default: those of common clients and of tracing. */
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
  // Apollo clients for the web, iOS and Kotlin.
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

const EXPOSED_HEADERS =
  'allow, date, etag, ratelimit, ratelimit-policy, retry-after, www-authenticate, traceparent, x-request-id';

interface CorsSettings {
  /** Origins whose pages may read responses. */
  readonly corsOrigins: readonly string[];
  /** Request headers that these pages may send besides the default ones. */
  readonly corsAllowedHeaders: readonly string[];
}

/** Sets response headers. Returns true if the request was a preflight request, which it has answered. */
export type CorsHandler = (request: RequestContext) => boolean;

/**
 * Lets pages of the configured origins read responses. Without credentials: tokens are sent in a header, never in a cookie.
 * Returns null if no origin is configured.
 */
export function createCorsHandler({ corsOrigins, corsAllowedHeaders }: CorsSettings): CorsHandler | null {
  if (corsOrigins.length === 0) return null;
  const allowedHeaders = [...new Set([...ALLOWED_HEADERS, ...corsAllowedHeaders])].join(', ');
  return (request) => handleCors(request, corsOrigins, allowedHeaders);
}

function handleCors(
  { req, res }: RequestContext,
  origins: readonly string[],
  allowedHeaders: string,
): boolean {
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
