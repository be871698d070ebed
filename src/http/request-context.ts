import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BlockList } from 'node:net';
import { uuidV7 } from '../platform/uuid.ts';
import { resolveClientAddress } from './client-address.ts';

/** A request with its response. */
export interface RequestContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** Path of the URL, not decoded. */
  readonly path: string;
  /** Query string with its question mark; empty if there is none. */
  readonly query: string;
  /** The client's address, through trusted proxies. */
  readonly address: string;
}

export function createRequestContext(
  req: IncomingMessage,
  res: ServerResponse,
  proxies: BlockList,
): RequestContext {
  const address = resolveClientAddress(req, proxies);
  return { req, res, ...parseTarget(req), requestId: chooseRequestId(req), address };
}

export function parseTarget(req: IncomingMessage): { readonly path: string; readonly query: string } {
  const url = req.url ?? '/';
  const absolute = url.startsWith('/') ? null : URL.parse(url);
  if (absolute !== null) return { path: absolute.pathname, query: absolute.search };
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark) };
}

/** Uses the caller's ID if it is safe to log, so that a request can be traced through several servers. */
function chooseRequestId(req: IncomingMessage): string {
  const given = req.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{8,128}$/.test(given) ? given : uuidV7();
}
