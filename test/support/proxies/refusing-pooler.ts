import { connect, createServer } from 'node:net';
import { closeServer, listenOnFreePort, withLocalPort } from '../services/free-port.ts';

export interface RefusingPooler extends AsyncDisposable {
  /** The database's address through the pooler. */
  readonly url: string;
}

/**
 * Stands in front of PostgreSQL and behaves like a connection pooler: if a client sends `text`, the pooler answers with an
 * error and closes the connection.
 */
export async function startRefusingPooler(
  databaseUrl: string,
  text: string,
  error: { readonly sqlState: string; readonly message: string },
): Promise<RefusingPooler> {
  const proxy = createServer({ noDelay: true }, (client) => {
    const server = connect({ host: '127.0.0.1', port: Number(new URL(databaseUrl).port), noDelay: true });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      // `close` follows every error.
      socket.on('error', () => {});
      socket.on('close', () => other.destroy());
    }
    server.pipe(client);
    client.on('data', (chunk) => {
      if (chunk.includes(text)) client.end(encodeError(error.sqlState, error.message));
      else server.write(chunk);
    });
  });
  const port = await listenOnFreePort(proxy);
  return { url: withLocalPort(port, databaseUrl), [Symbol.asyncDispose]: () => closeServer(proxy) };
}

function encodeError(sqlState: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlState}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
