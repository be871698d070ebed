import type { IncomingMessage, ServerResponse } from 'node:http';
import { type BlockList, isIP, SocketAddress } from 'node:net';
import { startSpan, type Span } from '../platform/observability/tracing.ts';
import { toNetworkPrefix } from '../platform/network/network-prefix.ts';
import {
  type RequestScope,
  type TraceContext,
  createTraceContext,
  parseTraceparent,
} from '../platform/request-scope.ts';
import { uuidV7 } from '../platform/ids.ts';

/** A request with its response. */
export interface RequestContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** The IDs of the request in logs and traces. */
  readonly scope: RequestScope;
  /** Null if requests are not traced. */
  readonly span: Span | null;
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
  const span = startSpan({ name: req.method ?? 'HTTP', kind: 'server' }, getParent(req));
  const scope = createScope(req, span);
  return { req, res, ...parseTarget(req), requestId: scope.requestId, scope, span, address };
}

export function parseTarget(req: IncomingMessage): { readonly path: string; readonly query: string } {
  const url = req.url ?? '/';
  const absolute = url.startsWith('/') ? null : URL.parse(url);
  if (absolute !== null) return { path: absolute.pathname, query: absolute.search };
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark) };
}

/**
 * Uses the caller's request ID if it is safe to log, and continues the caller's trace, so that a request can be followed
 * through several servers.
 */
export function createScope(req: IncomingMessage, span: Span | null = null): RequestScope {
  const id = uuidV7();
  const given = req.headers['x-request-id'];
  const isSafe = typeof given === 'string' && /^[\w.:-]{8,128}$/.test(given); // guard: request-id-format
  const trace = span?.context ?? createTraceContext(getParent(req), id);
  return { requestId: isSafe ? given : id, trace };
}

function getParent({ headers }: IncomingMessage): TraceContext | null {
  return parseTraceparent(headers['traceparent']);
}

/**
 * Returns the client's address: that of the peer, or, if the peer is one of `proxies`, the one that the proxy reports.
 * X-Forwarded-For is read from its end, where each proxy appends its peer. Everything before the first address that is not
 * a proxy was sent by the client and cannot be trusted. If a proxy reports no address, the result is the proxy's own.
 */
export function resolveClientAddress(req: IncomingMessage, proxies: BlockList): string {
  const peer = normalizeAddress(req.socket.remoteAddress ?? '');
  if (peer === null) return 'unknown';
  const header = req.headers['x-forwarded-for'];
  let forwarded = typeof header === 'string' ? header : '';
  let address = peer;
  while (isProxy(proxies, address)) {
    const comma = forwarded.lastIndexOf(',');
    const next = normalizeAddress(removePort(forwarded.slice(comma + 1)));
    if (next === null) break;
    address = next;
    forwarded = forwarded.slice(0, Math.max(comma, 0));
  }
  return address;
}

function isProxy(proxies: BlockList, address: string): boolean {
  return proxies.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

/** Returns the canonical text of an address, with IPv4-mapped IPv6 as IPv4; null if it is not an address. */
function normalizeAddress(address: string): string | null {
  const family = isIP(address);
  if (family !== 6) return family === 4 ? address : null;
  return new SocketAddress({ address, family: 'ipv6' }).address.replace(/^::ffff:(?=[\d.]+$)/, '');
}

/** Removes the port, which some proxies add: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function removePort(entry: string): string {
  const text = entry.trim();
  const [, v6, v4] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? [];
  return v6 ?? v4 ?? text;
}

/**
 * Returns the key under which an address is limited. For IPv6 it is the /64 network: that is the smallest network that a
 * client is assigned, so one client has 2^64 addresses.
 */
export function toAddressKey(address: string): string {
  return toNetworkPrefix(address, { v4Bytes: 4, v6Groups: 4 });
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
