import { connect, createServer } from 'node:net';
import { closeServer, listenOnFreePort, withLocalPort } from '../services/free-port.ts';

export interface RewritingProxy extends AsyncDisposable {
  /** The database's address through the proxy. */
  readonly url: string;
}

/** What to replace, and with what, in each direction. The replacement has the same length, because messages contain their length. */
export interface Rewriting {
  readonly fromClient?: readonly [string, string];
  readonly fromServer?: readonly [string, string];
}

/** Stands in front of PostgreSQL and changes a text in its messages. */
export async function startRewritingProxy(
  databaseUrl: string,
  { fromClient = ['', ''], fromServer = ['', ''] }: Rewriting,
): Promise<RewritingProxy> {
  const proxy = createServer({ noDelay: true }, (client) => {
    const server = connect({ host: '127.0.0.1', port: Number(new URL(databaseUrl).port), noDelay: true });
    for (const [socket, other, [from, to]] of [
      [client, server, fromClient],
      [server, client, fromServer],
    ] as const) {
      // `close` follows every error.
      socket.on('error', () => {});
      socket.on('close', () => other.destroy());
      socket.on('data', (chunk) => other.write(replaced(chunk, from, to)));
    }
  });
  const port = await listenOnFreePort(proxy);
  return { url: withLocalPort(port, databaseUrl), [Symbol.asyncDispose]: () => closeServer(proxy) };
}

function replaced(chunk: Buffer, from: string, to: string): Buffer {
  if (from === '') return chunk;
  for (let at = chunk.indexOf(from); at !== -1; at = chunk.indexOf(from, at + from.length))
    chunk.write(to, at);
  return chunk;
}
