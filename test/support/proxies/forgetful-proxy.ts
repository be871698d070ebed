import { connect, createServer, type Socket } from 'node:net';
import { closeServer, listenOnFreePort, withLocalPort } from '../services/free-port.ts';

export interface ForgetfulProxy extends AsyncDisposable {
  /** Returns the server's address through the proxy. */
  url(serverUrl: string): string;
  /**
   * Drops all further bytes of the open connections in both directions, without notice to either side. New connections
   * work.
   */
  forget(): void;
  /**
   * Stops reading from the server on the open connections, so that its data waits first in the kernel, then in the
   * server.
   */
  pause(): void;
  /** Resumes paused connections in order, except forgotten ones. */
  resume(): void;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/**
 * Stands between a client and a local server, like a router that forgets connections or a congested line. Asks for the
 * server's port for each connection; null means that there is no server.
 */
export async function startForgetfulProxy(targetPort: () => number | null): Promise<ForgetfulProxy> {
  const sockets = new Set<Socket>();
  const pairs = new Set<Pair>();
  let paused: Pair[] = [];
  const proxy = createServer({ noDelay: true }, (client) => {
    const target = targetPort();
    if (target === null) return void client.destroy();
    const server = connect({ host: '127.0.0.1', port: target, noDelay: true });
    const pair = { client, server };
    pairs.add(pair);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket);
      // `close` follows every error.
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        if (pairs.delete(pair)) other.destroy();
      });
      socket.pipe(other);
    }
  });
  const port = await listenOnFreePort(proxy);
  return {
    url: (serverUrl) => withLocalPort(port, serverUrl),
    forget() {
      for (const { client, server } of pairs) {
        for (const socket of [client, server]) socket.unpipe().resume();
      }
      pairs.clear();
    },
    pause() {
      paused = [...pairs];
      for (const { client, server } of paused) server.unpipe(client);
    },
    resume() {
      for (const pair of paused) if (pairs.has(pair)) pair.server.pipe(pair.client);
      paused = [];
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await closeServer(proxy);
    },
  };
}
