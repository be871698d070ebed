import { randomInt } from 'node:crypto';
import { canListen } from '../local/ports.ts';

/** The port of each part of the cluster, as an offset from the address of the cluster. docs/cluster.md lists them. */
const offsets = {
  balancer: 0,
  'api-1': 1,
  'api-2': 2,
  'api-3': 3,
  'worker-1': 4,
  'worker-2': 5,
  'sockets-1': 6,
  'sockets-2': 7,
  'database-balancer': 10,
  'pg-1': 11,
  'pg-2': 12,
  'pg-3': 13,
  'pg-1-role': 14,
  'pg-2-role': 15,
  'pg-3-role': 16,
  'redis-1': 21,
  'redis-2': 22,
  'redis-3': 23,
  'redis-4': 24,
  'redis-5': 25,
  'redis-6': 26,
  'redis-1-bus': 31,
  'redis-2-bus': 32,
  'redis-3-bus': 33,
  'redis-4-bus': 34,
  'redis-5-bus': 35,
  'redis-6-bus': 36,
  'sentinel-1': 41,
  'sentinel-2': 42,
  'sentinel-3': 43,
  'api-1-metrics': 51,
  'api-2-metrics': 52,
  'api-3-metrics': 53,
  'sockets-1-metrics': 54,
  'sockets-2-metrics': 55,
} as const;

type PortName = keyof typeof offsets;
export type Ports = Readonly<Record<PortName, number>>;

/** Returns the ports from `base` on. */
export function portsFrom(base: number): Ports {
  return Object.fromEntries(Object.entries(offsets).map(([name, offset]) => [name, base + offset])) as Ports;
}

/** Below those of `freePort`, so that neither takes a port of the other before its server has started. */
const TEST_PORTS = { first: 10_000, step: 64, ranges: 156 };
const ATTEMPTS_MAX = 20;

/** Returns free ports, for tests. */
export async function freePorts(): Promise<Ports> {
  const { first, step, ranges } = TEST_PORTS;
  for (let attempt = 1; ; attempt++) {
    const ports = portsFrom(first + step * randomInt(ranges));
    try {
      await requireFree(ports);
      return ports;
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

/** @throws an error of one line that names the first port in use. */
export async function requireFree(ports: Ports): Promise<void> {
  for (const [name, port] of Object.entries(ports)) {
    try {
      await canListen(port);
    } catch (error) {
      throw new Error(
        `Port ${port} (${name}) is in use. Stop the program that uses it, or choose other ports with --port N.`,
        { cause: error },
      );
    }
  }
}
