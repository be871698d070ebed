import { connect, createServer, type Socket } from 'node:net';
import { closeServer, listenOnFreePort, throughPort } from '../services/free-port.ts';

export interface ForgetfulProxy extends AsyncDisposable {
  /** The same server, through the proxy. */
  url(serverUrl: string): string;
  /** Of connections that are open now nothing gets through any more, either way, and nobody is told. New ones are served. */
  forget(): void;
  /** Of connections that are open now what the server says waits, first in the kernel, then at the server. */
  pause(): void;
  /** It goes on, in order, where it was not forgotten. */
  resume(): void;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/**
 * Sits between a client and a server on this machine, as a router does that forgets its connections, or whose line to the
 * client is clogged. For each connection it asks for the server's port; where that is null there is no server.
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
      // Whatever breaks, `close` follows.
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
    url: (serverUrl) => throughPort(port, serverUrl),
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
