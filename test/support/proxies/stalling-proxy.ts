import { connect, createServer, type Socket } from 'node:net';
import { closeServer, listenOnFreePort, withLocalPort } from '../services/free-port.ts';

export interface StallingProxy extends AsyncDisposable {
  /** Returns the server's address through the proxy. */
  url(serverUrl: string): string;
  /** While true, holds back everything that clients send. It arrives late and in order when this is false again. */
  stalled: boolean;
  /**
   * Drops all further bytes of the open connections in both directions, without notice to either side, like a firewall
   * that has forgotten them. New connections work.
   */
  deaden(): void;
  /** Number of open connections. */
  readonly connections: number;
}

/** Stands between a process and a local server, and delays what the process sends or drops what both send. */
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
      // `close` follows every error. The server may be killed at any time.
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
    url: (serverUrl) => withLocalPort(port, serverUrl),
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
