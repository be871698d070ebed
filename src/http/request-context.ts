import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BlockList } from 'node:net';
import { uuidV7 } from '../platform/uuid.ts';
import { clientAddress } from './client-address.ts';

/** One request with its response. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** Without the query string, undecoded. */
  readonly path: string;
  /** With its question mark; empty where there is none. */
  readonly query: string;
  /** The client's, through trusted proxies. */
  readonly address: string;
}

export function exchangeOf(req: IncomingMessage, res: ServerResponse, proxies: BlockList): Exchange {
  const address = clientAddress(req, proxies);
  return { req, res, ...targetOf(req), requestId: requestIdOf(req), address };
}

export function targetOf(req: IncomingMessage): { readonly path: string; readonly query: string } {
  const url = req.url ?? '/';
  const absolute = url.startsWith('/') ? null : URL.parse(url);
  if (absolute !== null) return { path: absolute.pathname, query: absolute.search };
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark) };
}

/** The caller's own, if it is fit for logs, so that a request can be followed through several servers. */
export function requestIdOf(req: IncomingMessage): string {
  const given = req.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{8,128}$/.test(given) ? given : uuidV7();
}
