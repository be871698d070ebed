import { connect, createServer, type Socket } from 'node:net';
import { closeServer, listenOnFreePort, throughPort } from '../services/free-port.ts';

export interface StallingProxy extends AsyncDisposable {
  /** The same server, through the proxy. */
  url(serverUrl: string): string;
  /** While true nothing that clients send gets through; it arrives, late and in order, when it is false again. */
  stalled: boolean;
  /**
   * From now on nothing comes through the connections that are open now, in either direction, and nobody is told: as
   * where a firewall has forgotten them. New ones work.
   */
  deaden(): void;
  /** Open now. */
  readonly connections: number;
}

/** Sits between a process and a server on this machine, and delays what the process says, or swallows what both say. */
export async function startStallingProxy(targetPort: number): Promise<StallingProxy> {
  const clients = new Set<Socket>();
  const dead = new WeakSet<Socket>();
  let stalled = false;
  const proxy = createServer({ noDelay: true }, (client) => {
    const server = connect({ host: '127.0.0.1', port: targetPort, noDelay: true });
    clients.add(client);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      // Whatever breaks, `close` follows: the server behind may be killed at any time.
      socket.on('error', () => {});
      socket.on('close', () => {
        other.destroy();
        clients.delete(client);
      });
      socket.on('data', (chunk) => {
        if (dead.has(client) || other.destroyed || other.write(chunk)) return;
        socket.pause();
        other.once('drain', () => void (socket === client && stalled ? undefined : socket.resume()));
      });
    }
    if (stalled) client.pause();
  });
  const port = await listenOnFreePort(proxy);
  return {
    url: (serverUrl) => throughPort(port, serverUrl),
    get connections() {
      return clients.size;
    },
    get stalled() {
      return stalled;
    },
    set stalled(value) {
      stalled = value;
      for (const client of clients) void (stalled ? client.pause() : client.resume());
    },
    deaden() {
      for (const client of clients) dead.add(client);
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await closeServer(proxy);
    },
  };
}
