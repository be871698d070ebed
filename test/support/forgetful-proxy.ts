import { connect, createServer, type Socket } from 'node:net';
import { closeServer, listenOnFreePort, throughPort } from './free-port.ts';

export interface ForgetfulProxy extends AsyncDisposable {
  /** The same server, through the proxy. */
  url(serverUrl: string): string;
  /** Of connections that are open now nothing gets through any more, either way, and nobody is told. New ones are served. */
  forget(): void;
}

/** Sits between a client and a server on this machine, as a router does that forgets its connections. */
export async function startForgetfulProxy(targetPort: number): Promise<ForgetfulProxy> {
  const sockets = new Set<Socket>();
  const proxy = createServer({ noDelay: true }, (client) => {
    const server = connect({ host: '127.0.0.1', port: targetPort, noDelay: true });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket);
      // Whatever breaks, `close` follows.
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  const port = await listenOnFreePort(proxy);
  return {
    url: (serverUrl) => throughPort(port, serverUrl),
    forget() {
      for (const socket of sockets) {
        socket.unpipe();
        socket.removeAllListeners('close');
        socket.resume();
      }
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await closeServer(proxy);
    },
  };
}
