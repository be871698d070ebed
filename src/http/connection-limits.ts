import type { Server } from 'node:http';
import { isIP, type BlockList, type Socket } from 'node:net';
import { metrics } from '../platform/observability/metrics.ts';
import { toAddressKey } from './request-context.ts';

export interface ConnectionLimits {
  /** Maximum number of TCP connections per address. */
  readonly perAddressMax: number;
  /** Maximum number of TCP connections of the process. */
  readonly max: number;
  /** Trusted proxies. Each has the connections of many clients, so they are not limited. */
  readonly proxies: BlockList;
}

/** Counts long-lived connections per address, so that no address can use up those of the server. */
export class AddressCounter {
  readonly #max: number;
  readonly #counts = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Returns a function that releases the slot; null if the address has no free slot. */
  acquire(address: string): (() => void) | null {
    const key = toAddressKey(address); // guard: ipv6-network-as-address
    const count = this.#counts.get(key) ?? 0;
    if (count >= this.#max) return null; // guard: connections-per-address
    this.#counts.set(key, count + 1);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      const left = (this.#counts.get(key) ?? 1) - 1;
      if (left > 0) this.#counts.set(key, left);
      else this.#counts.delete(key);
    };
  }
}

const TOO_MANY =
  'HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 10\r\n\r\n';

/** Share of the connections of the process from which on idle ones are closed. */
const CROWDED = 0.9;
/** Looking for idle connections visits them all. */
const CLOSE_IDLE_EVERY_MS = 1_000;

/**
 * Limits TCP connections before any part of a request has been read. Browsers keep a connection for a minute after their
 * last request: when there are few left, these make room.
 */
export function limitConnections(server: Server, { perAddressMax, max, proxies }: ConnectionLimits): void {
  server.maxConnections = max;
  server.on('drop', () => metrics.requestsRefused.inc({ reason: 'connections' }));
  const counter = new AddressCounter(perAddressMax);
  let open = 0;
  let closedIdleAt = -Infinity;
  server.on('connection', (socket: Socket) => {
    open++;
    if (open > max * CROWDED && performance.now() - closedIdleAt > CLOSE_IDLE_EVERY_MS) {
      closedIdleAt = performance.now();
      server.closeIdleConnections(); // guard: idle-connections-make-room
    }
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:(?=[\d.]+$)/, '');
    const family = isIP(address);
    const isProxy = family !== 0 && proxies.check(address, family === 4 ? 'ipv4' : 'ipv6');
    const release = isProxy ? undefined : counter.acquire(address); // guard: tcp-connections-per-address
    socket.on('close', () => {
      open--;
      release?.();
    });
    if (release !== null) return;
    metrics.requestsRefused.inc({ reason: 'connections_of_address' });
    // `end` would leave the connection open if the peer never closes its side.
    socket.write(TOO_MANY, () => socket.destroy());
  });
}
