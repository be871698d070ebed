import { once } from 'node:events';
import path from 'node:path';
import { startPostgres } from '../../../scripts/local/postgres/postgres.ts';
import { startRedis } from '../../../scripts/local/redis/redis.ts';
import { makeScratchFolder } from '../../../scripts/local/scratch-folder.ts';
import { migrate } from '../../../scripts/schema/apply-migrations.ts';
import { connectDatabase, type Database } from '../../../src/platform/database/db.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { ServerProcess } from '../../support/processes/server-process.ts';
import { startStallingProxy, type StallingProxy } from '../../support/proxies/stalling-proxy.ts';
import { startPostgresProxy, type PostgresProxy } from '../../support/proxies/tcp-proxy.ts';

export interface ApiNode {
  readonly name: string;
  readonly server: ServerProcess;
  /** Proxy for all connections of the node to PostgreSQL. */
  readonly proxy: PostgresProxy;
  /** Proxy for all connections of the node to Redis. */
  readonly redisProxy: StallingProxy;
}

/** The system under test: two API processes and a worker, with their own PostgreSQL and Redis. */
export interface Cluster extends AsyncDisposable {
  readonly nodes: readonly ApiNode[];
  readonly worker: ServerProcess;
  /** The test's own connection, without a proxy. */
  readonly database: Database;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Error-level log lines, counted by message. */
  readonly errors: Map<string, number>;
  restartPostgres(): Promise<void>;
  killRedis(): Promise<void>;
  startRedisAgain(): Promise<void>;
}

const ERROR_LEVELS = new Set(['error', 'fatal']);

export interface ClusterOptions {
  /** Receives every log line of a server, with the server's name. */
  readonly onLog?: (name: string, line: Readonly<Record<string, unknown>>) => void;
  /** Additional settings for all servers. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function startCluster({ onLog, env = {} }: ClusterOptions = {}): Promise<Cluster> {
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
  const hear = (name: string, line: Readonly<Record<string, unknown>>) => {
    onLog?.(name, line);
    if (!ERROR_LEVELS.has(String(line['level']))) return;
    const { message } = (line['err'] ?? {}) as { message?: string };
    const what = `${String(line['msg'])}: ${message?.slice(0, 200) ?? ''}`;
    errors.set(what, (errors.get(what) ?? 0) + 1);
  };
  const start = async (name: string, file: string, urls: { databaseUrl: string; redisUrl: string }) => {
    const server = new ServerProcess({ file, ...urls, env, onLog: (line) => hear(name, line) });
    await server.start();
    undo.defer(() => server.kill());
    return server;
  };
  const nodes: ApiNode[] = [];
  for (const name of ['A', 'B']) {
    const proxy = await startPostgresProxy({ host: '127.0.0.1', port });
    undo.defer(() => proxy[Symbol.asyncDispose]());
    const redisProxy = await startStallingProxy(redisPort);
    undo.defer(() => redisProxy[Symbol.asyncDispose]());
    const urls = { databaseUrl: proxy.url(databaseUrl), redisUrl: redisProxy.url(redisUrl) };
    nodes.push({ name, proxy, redisProxy, server: await start(name, 'src/main/api.ts', urls) });
  }
  const worker = await start('worker', 'src/main/worker.ts', { databaseUrl, redisUrl });
  const all = undo.move();

  return {
    nodes,
    worker,
    database,
    databaseUrl,
    redisUrl,
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
