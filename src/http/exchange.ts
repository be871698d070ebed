import type { IncomingMessage, ServerResponse } from 'node:http';
import { uuidV7 } from '../platform/uuid.ts';

/** One request with its response. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** Without the query string, undecoded. */
  readonly path: string;
  /** With its question mark; empty where there is none. */
  readonly query: string;
  /** Of the peer; proxies are not looked through. */
  readonly address: string;
}

export function exchangeOf(req: IncomingMessage, res: ServerResponse): Exchange {
  const target = targetOf(req);
  return { req, res, ...target, requestId: requestIdOf(req), address: addressOf(req) };
}

export function targetOf(req: IncomingMessage): { readonly path: string; readonly query: string } {
  const url = req.url ?? '/';
  const absolute = url.startsWith('/') ? null : URL.parse(url);
  if (absolute !== null) return { path: absolute.pathname, query: absolute.search };
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark) };
}

export function addressOf(req: IncomingMessage): string {
  return req.socket.remoteAddress ?? 'unknown';
}

/** The caller's own, if it is fit for logs, so that a request can be followed through several servers. */
export function requestIdOf(req: IncomingMessage): string {
  const given = req.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{8,128}$/.test(given) ? given : uuidV7();
}
