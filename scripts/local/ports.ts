import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { listen } from '../../src/platform/listen.ts';

/** Systems choose ports for outgoing connections from 32768 upwards. A port below is taken only by a server that wants it. */
const FREE_PORTS = { from: 20_000, to: 32_768 };
const ATTEMPTS_MAX = 100;

/** Returns a port that is free on the loopback address, and most likely still is when the caller uses it. */
export async function freePort(): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryListening(randomInt(FREE_PORTS.from, FREE_PORTS.to), '127.0.0.1');
    } catch (error) {
      const isInUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!isInUse || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

/** Checks that a server could listen on the port. @throws any error of `listen`. */
export async function canListen(port: number): Promise<void> {
  await tryListening(port);
}

async function tryListening(port: number, host?: string): Promise<number> {
  const server = createServer();
  const used = await listen(server, port, host);
  await new Promise((resolve) => server.close(resolve));
  return used;
}
