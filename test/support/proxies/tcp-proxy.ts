import { connect, createServer, type Socket } from 'node:net';
import { closeServer, listenOnFreePort, throughPort } from '../services/free-port.ts';
import { ClientMessages } from './postgres-messages.ts';

/**
 * Where a connection is cut around a COMMIT: `before` the server gets to see it; `amid`, when it was sent and nobody
 * can know whether it arrived; `after` the server has done it, its answer withheld.
 */
export type CommitCut = 'before' | 'amid' | 'after';

export interface PostgresProxy extends AsyncDisposable {
  /** The same database, through the proxy. */
  url(databaseUrl: string): string;
  /** From now on the connections of so many COMMITs are cut, one after another. Zero: of none. */
  cutCommits(where: CommitCut, count: number): void;
  /** COMMITs whose connection was cut so far. */
  readonly commitsCut: number;
  /** While true, new connections are closed at once: the database is out of reach. */
  refusing: boolean;
  /** Cuts all connections at once, and returns how many there were. */
  cutAll(): number;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  readonly messages: ClientMessages;
  /** The next that the server says is the answer to a COMMIT, and is not to be passed on. */
  withhold: boolean;
}

/** Sits between a node and PostgreSQL, and cuts connections where a test wants it. */
export async function startPostgresProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<PostgresProxy> {
  const pairs = new Set<Pair>();
  const cuts: { where: CommitCut; left: number; done: number } = { where: 'before', left: 0, done: 0 };

  let refusing = false;
  const server = createServer({ noDelay: true }, (client) => {
    if (refusing) return void client.destroy();
    const pair: Pair = {
      client,
      server: connect({ ...target, noDelay: true }),
      messages: new ClientMessages(),
      withhold: false,
    };
    pairs.add(pair);
    for (const socket of [pair.client, pair.server]) {
      // A broken connection is what the proxy is there for; `close` follows.
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
    url: (databaseUrl) => throughPort(port, databaseUrl),
    cutCommits(where, count) {
      cuts.where = where;
      cuts.left = count;
    },
    get commitsCut() {
      return cuts.done;
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
