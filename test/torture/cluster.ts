import { once } from 'node:events';
import path from 'node:path';
import { startPostgres } from '../../scripts/local/postgres.ts';
import { startRedis } from '../../scripts/local/redis.ts';
import { makeScratchFolder } from '../../scripts/local/scratch-folder.ts';
import { migrate } from '../../scripts/schema/apply-migrations.ts';
import { connectDatabase, type Database } from '../../src/platform/db.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { startPostgresProxy, type PostgresProxy } from '../support/tcp-proxy.ts';
import { ServerProcess } from './server-process.ts';

export interface ApiNode {
  readonly name: string;
  readonly server: ServerProcess;
  /** All of the node's connections to PostgreSQL go through it. */
  readonly proxy: PostgresProxy;
}

/** Everything that is tortured: two API processes and a worker, with a PostgreSQL and a Redis of their own. */
export interface Cluster extends AsyncDisposable {
  readonly nodes: readonly ApiNode[];
  readonly worker: ServerProcess;
  /** Of the one who tortures; past all proxies. */
  readonly database: Database;
  readonly databaseUrl: string;
  /** Log lines of level error, by message. */
  readonly errors: Map<string, number>;
  restartPostgres(): Promise<void>;
  killRedis(): Promise<void>;
  startRedisAgain(): Promise<void>;
}

const ERROR_LEVELS = new Set(['error', 'fatal']);

/** @param log is given every line that a server logs, under the server's name. */
export async function startCluster(log: (line: string) => void = () => {}): Promise<Cluster> {
  await using undo = new AsyncDisposableStack();
  const scratch = await makeScratchFolder();
  undo.defer(() => scratch.remove());

  const inFolder = { folder: path.join(scratch.folder, 'postgres'), durable: false };
  let postgres = await startPostgres(inFolder);
  undo.defer(() => postgres.stop('immediate'));
  const { url: databaseUrl, port } = postgres;
  await migrate(databaseUrl);
  const database = connectDatabase(databaseUrl, createLogger('silent'));
  undo.defer(() => database.close());

  const redisFolder = path.join(scratch.folder, 'redis');
  let redis = await startRedis({ folder: redisFolder });
  undo.defer(() => redis.stop());
  const { url: redisUrl, port: redisPort, password } = redis;

  const errors = new Map<string, number>();
  const onLog = (name: string, line: Readonly<Record<string, unknown>>) => {
    log(`${name} ${JSON.stringify(line)}`);
    if (!ERROR_LEVELS.has(String(line['level']))) return;
    const { message } = (line['err'] ?? {}) as { message?: string };
    const what = `${String(line['msg'])}: ${message?.slice(0, 200) ?? ''}`;
    errors.set(what, (errors.get(what) ?? 0) + 1);
  };
  const start = async (name: string, file: string, url: string) => {
    const server = new ServerProcess({
      file,
      databaseUrl: url,
      redisUrl,
      onLog: (line) => onLog(name, line),
    });
    await server.start();
    undo.defer(() => server.kill());
    return server;
  };
  const nodes: ApiNode[] = [];
  for (const name of ['A', 'B']) {
    const proxy = await startPostgresProxy({ host: '127.0.0.1', port });
    undo.defer(() => proxy[Symbol.asyncDispose]());
    nodes.push({ name, proxy, server: await start(name, 'src/main/api.ts', proxy.url(databaseUrl)) });
  }
  const worker = await start('worker', 'src/main/worker.ts', databaseUrl);
  const all = undo.move();

  return {
    nodes,
    worker,
    database,
    databaseUrl,
    errors,
    async restartPostgres() {
      await postgres.stop('immediate');
      postgres = await startPostgres({ ...inFolder, port });
    },
    async killRedis() {
      const ended = once(redis.process, 'exit');
      redis.process.kill('SIGKILL');
      await ended;
    },
    async startRedisAgain() {
      redis = await startRedis({ folder: redisFolder, port: redisPort, password });
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
