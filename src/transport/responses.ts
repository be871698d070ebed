import type { ServerResponse } from 'node:http';
import { endTogether } from '../http/end-together.ts';
import type { RequestContext } from '../http/request-context.ts';
import { findRange, parseAccept, type MediaRange } from '../http/accept.ts';
import { Cache } from '../platform/cache.ts';
import { getResponseIds } from '../platform/request-scope.ts';

/** Sends a fetch Response whose body is complete. Reports the size of the body to `count` before sending it. */
export async function sendResponse(
  response: Response,
  res: ServerResponse,
  count: (bytes: number) => void,
): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  if (res.destroyed) return;
  for (const [name, value] of response.headers) res.setHeader(name, value);
  if (!res.hasHeader('cache-control')) res.setHeader('cache-control', 'no-store');
  count(body.length);
  res.writeHead(response.status, { 'content-length': body.length });
  endTogether(res, body);
}

/** Sends a GraphQL response with one error, for a failure before or around GraphQL. */
export function sendGraphQLError(
  { req, res, scope }: RequestContext,
  status: number,
  code: string,
  message: string,
): void {
  // A client that accepts neither media type gets JSON: a readable error is better than none.
  const type = negotiateResponse(req.headers.accept).regular ?? 'application/json';
  const extensions = getResponseIds(scope);
  const error = { message, extensions: { code, requestId: scope.requestId } };
  const body = JSON.stringify({ errors: [error], extensions });
  res.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  endTogether(res, body);
}

type RegularMediaType = 'application/json' | 'application/graphql-response+json';

/** The forms of a response that a client accepts. */
export interface ResponseForms {
  /** The media type of a single result; null if the client accepts neither, or prefers an event stream. */
  readonly regular: RegularMediaType | null;
  /** True if the client accepts an event stream. */
  readonly stream: boolean;
}

const regularTypes = ['application/json', 'application/graphql-response+json'] as const;
const streamType = 'text/event-stream';

const formsByAccept = new Cache<string, ResponseForms>({ entriesMax: 200 });
/** Maximum length of a header that is cached. Longer ones are parsed each time. */
const CACHED_LENGTH_MAX = 500;

/**
 * Reads an `Accept` header (RFC 9110, 12.5.1). Among types of equal weight, the first in the header wins; for a wildcard,
 * application/json does.
 */
export function negotiateResponse(accept = '*/*'): ResponseForms {
  const cached = formsByAccept.get(accept);
  if (cached !== undefined) return cached;
  const forms = choose(accept.trim() === '' ? '*/*' : accept);
  if (accept.length <= CACHED_LENGTH_MAX) formsByAccept.set(accept, forms);
  return forms;
}

function choose(accept: string): ResponseForms {
  const ranges = parseAccept(accept);
  let best: { readonly type: RegularMediaType; readonly range: MediaRange } | null = null;
  for (const type of regularTypes) {
    const range = findRange(ranges, type);
    if (range === undefined || range.weight === 0) continue;
    if (best === null || range.weight > best.range.weight) best = { type, range };
    else if (range.weight === best.range.weight && range.at < best.range.at) best = { type, range };
  }
  const streamWeight = findRange(ranges, streamType)?.weight ?? 0;
  const prefersStream = streamWeight > (best?.range.weight ?? 0);
  return { regular: prefersStream ? null : (best?.type ?? null), stream: streamWeight > 0 };
}
