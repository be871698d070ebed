import { createServer } from 'node:net';
import { listen } from '../../src/platform/listen.ts';

/** Returns a port that is free on the loopback address. Another process may take it before the caller uses it. */
export function freePort(): Promise<number> {
  return tryListening(0, '127.0.0.1');
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
