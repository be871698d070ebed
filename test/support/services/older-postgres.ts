import { connect, createServer } from 'node:net';
import { closeServer, listenOnFreePort, withLocalPort } from './free-port.ts';

export interface OlderPostgres extends AsyncDisposable {
  /** The same database, on a server that reports PostgreSQL 15 and behaves like it. */
  readonly url: string;
}

/** PostgreSQL refuses every unknown setting in the same way. */
const UNKNOWN = Buffer.from('transaction_timeouX');

/**
 * Stands in front of PostgreSQL 18 and makes it look like PostgreSQL 15: it reports version 15, and refuses connections
 * that set `transaction_timeout`, which only newer servers have.
 */
export async function startOlderPostgres(databaseUrl: string, versionNum: string): Promise<OlderPostgres> {
  const older = Buffer.from(`15${versionNum.slice(2)}`);
  const proxy = createServer({ noDelay: true }, (client) => {
    const server = connect({ host: '127.0.0.1', port: Number(new URL(databaseUrl).port), noDelay: true });
    for (const [socket, other, from, to] of [
      [client, server, Buffer.from('transaction_timeout'), UNKNOWN],
      [server, client, Buffer.from(versionNum), older],
    ] as const) {
      // `close` follows every error.
      socket.on('error', () => {});
      socket.on('close', () => other.destroy());
      socket.on('data', (chunk) => other.write(replaced(chunk, from, to)));
    }
  });
  const port = await listenOnFreePort(proxy);
  return {
    url: withLocalPort(port, databaseUrl),
    [Symbol.asyncDispose]: () => closeServer(proxy),
  };
}

/** The replacement has the same length, because messages contain their length. */
function replaced(chunk: Buffer, from: Buffer, to: Buffer): Buffer {
  for (let at = chunk.indexOf(from); at !== -1; at = chunk.indexOf(from, at + from.length))
    to.copy(chunk, at);
  return chunk;
}
