import { once } from 'node:events';
import type { Server } from 'node:net';

/** Lets it listen on a free port of this machine, and returns which. */
export async function listenOnFreePort(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** Resolves when it has let go of its port; connections that are open must have been ended. */
export async function closeServer(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

/** The same address, but at that port of this machine. */
export function throughPort(port: number, address: string): string {
  const url = new URL(address);
  url.host = `127.0.0.1:${port}`;
  return url.href;
}
