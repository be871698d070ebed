import type { Server } from 'node:http';
import { isIP, type BlockList, type Socket } from 'node:net';
import { metrics } from '../platform/observability/metrics.ts';
import { AddressCounter } from './address-counter.ts';

export interface ConnectionLimits {
  /** TCP connections of one address, whatever they are used for. */
  readonly perAddressMax: number;
  /** TCP connections of the process. */
  readonly max: number;
  /** Proxies hold the connections of many clients, and are not limited. */
  readonly proxies: BlockList;
}

const TOO_MANY =
  'HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 10\r\n\r\n';

/** Limits TCP connections before anything of a request has been read. */
export function limitConnections(server: Server, { perAddressMax, max, proxies }: ConnectionLimits): void {
  server.maxConnections = max;
  server.on('drop', () => metrics.requestsRefused.inc({ reason: 'connections' }));
  const counter = new AddressCounter(perAddressMax);
  server.on('connection', (socket: Socket) => {
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:(?=[\d.]+$)/, '');
    const family = isIP(address);
    if (family !== 0 && proxies.check(address, family === 4 ? 'ipv4' : 'ipv6')) return;
    const release = counter.acquire(address); // guard: tcp-connections-per-address
    if (release !== null) return void socket.once('close', release);
    metrics.requestsRefused.inc({ reason: 'connections_of_address' });
    // Not `end`: a peer that never closes its side would keep the connection.
    socket.write(TOO_MANY, () => socket.destroy());
  });
}
