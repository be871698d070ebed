import path from 'node:path';
import { freePort } from '../../scripts/local/ports.ts';
import { startPostgres } from '../../scripts/local/postgres/postgres.ts';
import { startRedis } from '../../scripts/local/redis/redis.ts';
import { makeScratchFolder } from '../../scripts/local/scratch-folder.ts';
import { migrate } from '../../scripts/schema/apply-migrations.ts';
import { connectDatabase, sql, type Database } from '../../src/platform/database/db.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { createEventIn, createHall } from '../support/hall.ts';
import { ServerProcess } from '../support/processes/server-process.ts';
import { startStallingProxy, type StallingProxy } from '../support/proxies/stalling-proxy.ts';
import { Prometheus, type Target } from './prometheus.ts';

const EVENTS = 3;
const HALL = { rows: 20, seatsPerRow: 20, seatLimit: 10_000, holdTtlMs: 3_000 };
const SETTINGS = { DRAIN_SECONDS: '10', CLOSE_SPREAD_SECONDS: '3', AUDIT_EVERY_SECONDS: '5' };

/** Two API processes, a worker, PostgreSQL, Redis, and the Prometheus that watches them. */
export interface System extends AsyncDisposable {
  readonly apis: Readonly<Record<'api-1' | 'api-2', ServerProcess>>;
  /** Stands between `api-2` and Redis. */
  readonly redisLine: StallingProxy;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly prometheus: Prometheus;
  readonly eventIds: readonly number[];
  readonly seatCount: number;
}

export async function startSystem(prometheusProgram: string): Promise<System> {
  await using undo = new AsyncDisposableStack();
  const scratch = await makeScratchFolder();
  undo.defer(() => scratch.remove());
  const postgres = await startPostgres({ folder: path.join(scratch.folder, 'postgres'), durable: false });
  undo.defer(() => postgres.stop('immediate'));
  await migrate(postgres.url);
  const database = connectDatabase(postgres.url, createLogger('silent'));
  undo.defer(() => database.close());
  const redis = await startRedis({ folder: path.join(scratch.folder, 'redis') });
  undo.defer(() => redis.stop());
  const redisLine = undo.use(await startStallingProxy(redis.port));

  const targets: Target[] = [];
  const start = async (file: string, instance: string, redisUrl: string) => {
    const [port, metricsPort] = [await freePort(), await freePort()];
    const env = { ...SETTINGS, PORT: String(port), METRICS_PORT: String(metricsPort) };
    const server = new ServerProcess({ file, databaseUrl: postgres.url, redisUrl, env });
    await server.start();
    undo.defer(() => server.kill());
    targets.push({ job: `sellout-${instance.split('-')[0]}`, instance, port: metricsPort });
    return server;
  };
  const apis = {
    'api-1': await start('src/main/api.ts', 'api-1', redis.url),
    'api-2': await start('src/main/api.ts', 'api-2', redisLine.url(redis.url)),
  };
  await start('src/main/worker.ts', 'worker', redis.url);
  const prometheus = undo.use(
    await Prometheus.start(prometheusProgram, path.join(scratch.folder, 'prometheus'), targets),
  );

  const { eventId, venueId, seatCount, organizerId } = await createHall(database.reads, HALL);
  const eventIds = [eventId];
  while (eventIds.length < EVENTS)
    eventIds.push(await createEventIn(database.reads, venueId, seatCount, organizerId, HALL));
  await database.reads.$executeRaw(sql`ANALYZE`);
  const all = undo.move();
  return {
    apis,
    redisLine,
    database,
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    prometheus,
    eventIds,
    seatCount,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
