import { connect, createServer, type Socket } from 'node:net';
import { closeServer, listenOnFreePort, withLocalPort } from '../services/free-port.ts';
import { ClientMessages } from './postgres-messages.ts';

/**
 * When a connection is cut around a COMMIT: `before` the server receives it; `amid`, when it was sent and may or may
 * not have arrived; `after` the server has executed it, without its response.
 */
export type CommitCut = 'before' | 'amid' | 'after';

export interface PostgresProxy extends AsyncDisposable {
  /** Returns the database's address through the proxy. */
  url(databaseUrl: string): string;
  /** Cuts the connections of this many further COMMITs, one after another. Zero turns it off. */
  cutCommits(where: CommitCut, count: number): void;
  /** Number of COMMITs whose connection was cut. */
  readonly commitsCut: number;
  /** While true, closes new connections at once, as if the database were unreachable. */
  refusing: boolean;
  /** Number of connections that were closed so. */
  readonly refused: number;
  /** Cuts all connections and returns their number. */
  cutAll(): number;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  readonly messages: ClientMessages;
  /** The next data from the server is the response to a COMMIT and must not be forwarded. */
  withhold: boolean;
}

/** Stands between a node and PostgreSQL, and cuts connections on demand. */
export async function startPostgresProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<PostgresProxy> {
  const pairs = new Set<Pair>();
  const cuts: { where: CommitCut; left: number; done: number } = { where: 'before', left: 0, done: 0 };

  let refusing = false;
  let refused = 0;
  const server = createServer({ noDelay: true }, (client) => {
    if (refusing) {
      refused++;
      return void client.destroy();
    }
    const pair: Pair = {
      client,
      server: connect({ ...target, noDelay: true }),
      messages: new ClientMessages(),
      withhold: false,
    };
    pairs.add(pair);
    for (const socket of [pair.client, pair.server]) {
      // Broken connections are this proxy's purpose; `close` follows every error.
      socket.on('error', () => {});
      socket.on('close', () => {
        cut(pair);
        pairs.delete(pair);
      });
    }
    client.on('data', (chunk) => fromClient(pair, chunk));
    pair.server.on('data', (chunk) => (pair.withhold ? cut(pair) : pass(chunk, pair.server, client)));
  });

  function fromClient(pair: Pair, chunk: Buffer): void {
    if (!pair.messages.push(chunk) || cuts.left === 0) return pass(chunk, pair.client, pair.server);
    cuts.left--;
    cuts.done++;
    if (cuts.where === 'before') return cut(pair);
    if (cuts.where === 'after') {
      pair.withhold = true;
      return pass(chunk, pair.client, pair.server);
    }
    pair.server.write(chunk, () => {
      pair.server.resetAndDestroy();
      pair.client.resetAndDestroy();
    });
  }

  const port = await listenOnFreePort(server);
  return {
    url: (databaseUrl) => withLocalPort(port, databaseUrl),
    cutCommits(where, count) {
      cuts.where = where;
      cuts.left = count;
    },
    get commitsCut() {
      return cuts.done;
    },
    get refused() {
      return refused;
    },
    get refusing() {
      return refusing;
    },
    set refusing(value) {
      refusing = value;
    },
    cutAll() {
      const count = pairs.size;
      for (const pair of pairs) cut(pair);
      return count;
    },
    async [Symbol.asyncDispose]() {
      for (const pair of pairs) cut(pair);
      await closeServer(server);
    },
  };
}

function cut(pair: Pair): void {
  pair.client.destroy();
  pair.server.destroy();
}

function pass(chunk: Buffer, from: Socket, to: Socket): void {
  if (to.destroyed || to.write(chunk)) return;
  from.pause();
  to.once('drain', () => from.resume());
}
