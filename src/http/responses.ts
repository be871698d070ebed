import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { DEFAULT_POLICY } from './app-response.ts';
import { endTogether } from './end-together.ts';
import type { RequestContext } from './request-context.ts';

export function sendJson(res: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  endTogether(res, body);
}

export function sendNotFound({ res, requestId }: RequestContext): void {
  sendJson(res, 404, {
    error: 'No resource has this path. The page at /developers lists what this server offers.',
    requestId,
  });
}

/** Answers that other processes serve this path: the balancer should have asked one of them. */
export function sendMisdirected({ res, requestId }: RequestContext): void {
  sendJson(res, 421, { error: 'This server serves subscriptions only. Use the public address.', requestId });
}

export function sendMethodNotAllowed({ res, requestId }: RequestContext, allow: readonly string[]): void {
  res.setHeader('allow', allow.join(', '));
  sendJson(res, 405, { error: `Method not allowed. Use ${allow.join(' or ')}.`, requestId });
}

export function sendBusy({ res, requestId }: RequestContext, retryAfterSeconds: number): void {
  res.setHeader('retry-after', String(retryAfterSeconds));
  sendJson(res, 503, { error: 'The server is temporarily unavailable. Retry later.', requestId });
}

/** A body in all its encodings. */
interface Encodings {
  readonly identity: Buffer;
  readonly gzip: Buffer;
  readonly br: Buffer;
}

export interface StoredBody extends Partial<Omit<Encodings, 'identity'>> {
  readonly identity: Buffer;
  readonly type: string;
  /** Entity tag of the content, without quotes. */
  readonly etag: string;
  readonly cacheControl: string;
}

export function computeEtag(body: Buffer | string): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22);
}

/** Sends a stored body in the best encoding that the client accepts, or 304 if the client has it already. */
export function sendStored({ req, res }: RequestContext, body: StoredBody): void {
  const encoding = chooseEncoding(req.headers['accept-encoding'], body);
  // Each encoding is a representation of its own, with its own entity tag (RFC 9110, 8.8.3).
  const etag = encoding === 'identity' ? `"${body.etag}"` : `"${body.etag}-${encoding}"`;
  res.setHeader('etag', etag);
  res.setHeader('cache-control', body.cacheControl);
  // Appended, because shared caches also need the `origin` that may be in it already.
  res.appendHeader('vary', 'accept-encoding'); // guard: vary-appended
  // guard: not-modified
  if (parseTags(req.headers['if-none-match']).some((tag) => tag === '*' || tag === etag)) {
    res.writeHead(304).end();
    return;
  }
  const bytes = body[encoding] ?? body.identity;
  if (encoding !== 'identity') res.setHeader('content-encoding', encoding);
  res.writeHead(200, { 'content-type': body.type, 'content-length': bytes.length });
  endTogether(res, bytes);
}

function parseTags(header: string | undefined): string[] {
  return (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
}

function chooseEncoding(header: string | undefined, body: StoredBody): 'br' | 'gzip' | 'identity' {
  const accepted = new Map<string, number>();
  for (const part of (header ?? '').toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    accepted.set(name, Number(quality) || 0);
  }
  const accepts = (name: string) => (accepted.get(name) ?? accepted.get('*') ?? 0) > 0;
  if (body.br !== undefined && accepts('br')) return 'br';
  if (body.gzip !== undefined && accepts('gzip')) return 'gzip';
  return 'identity';
}

/** Sets the policy of a page: the default policy with the directives of the page. */
export function setPagePolicy(res: ServerResponse, ...directives: readonly string[]): void {
  res.setHeader('content-security-policy', [DEFAULT_POLICY, ...directives].join('; '));
}
