import type { IncomingMessage } from 'node:http';
import { isIP, SocketAddress, type BlockList } from 'node:net';

/**
 * Whose request it is: the peer's address, or where the peer is one of `proxies`, the address that it heard the request
 * from. X-Forwarded-For is read from its end, where each proxy adds its peer: what stands before the first address that
 * is no proxy is the client's own invention. Where a proxy tells of nobody, the address is the proxy's.
 */
export function clientAddress(req: IncomingMessage, proxies: BlockList): string {
  const peer = canonical(req.socket.remoteAddress ?? '');
  if (peer === null) return 'unknown';
  const header = req.headers['x-forwarded-for'];
  let told = typeof header === 'string' ? header : '';
  let address = peer;
  while (isProxy(proxies, address)) {
    const comma = told.lastIndexOf(',');
    const next = canonical(withoutPort(told.slice(comma + 1)));
    if (next === null) break;
    address = next;
    told = told.slice(0, Math.max(comma, 0));
  }
  return address;
}

function isProxy(proxies: BlockList, address: string): boolean {
  return proxies.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

/** One text for an address, however it is written; IPv4 within IPv6 is IPv4. Null where it is none. */
function canonical(address: string): string | null {
  const family = isIP(address);
  if (family !== 6) return family === 4 ? address : null;
  return new SocketAddress({ address, family: 'ipv6' }).address.replace(/^::ffff:(?=[\d.]+$)/, '');
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
  const text = entry.trim();
  const [, v6, v4] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? [];
  return v6 ?? v4 ?? text;
}

/**
 * What an address counts as where there is a limit for each. Whoever has one IPv6 address has 2^64 of them, or more: a
 * network of 64 bits is the least that is given to anybody.
 */
export function countedAs(address: string): string {
  if (isIP(address) !== 6) return address;
  const [start = '', end = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [first, last] = [groups(start), groups(end)];
  const zeros = Array<string>(8 - first.length - last.length).fill('0');
  return `${[...first, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}
