import { once } from 'node:events';
import type { Server } from 'node:net';

/** Listens on a free local port and returns it. */
export async function listenOnFreePort(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** Resolves when the server has released its port. Open connections must have ended. */
export async function closeServer(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

/** Returns the same address with a local port. */
export function throughPort(port: number, address: string): string {
  const url = new URL(address);
  url.host = `127.0.0.1:${port}`;
  return url.href;
}
