import { once } from 'node:events';
import type { Server } from 'node:net';
import { listen } from '../../../src/platform/listen.ts';

/** Starts a server on a free loopback port, and returns the port. */
export function listenOnFreePort(server: Server): Promise<number> {
  return listen(server, 0, '127.0.0.1');
}

/** Closes a server whose connections have ended. */
export async function closeServer(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

/** Returns the URL with another port on the loopback address. */
export function withLocalPort(port: number, address: string): string {
  const url = new URL(address);
  url.host = `127.0.0.1:${port}`;
  return url.href;
}
