import { connectDatabase, type Database } from '../platform/database/db.ts';
import type { Config } from '../platform/config/config.ts';
import { checkDatabase, getRequirements, readDatabaseState } from '../platform/database/database-check.ts';
import { createLogger, type Logger } from '../platform/observability/logger.ts';
import { collectProcessMetrics } from '../platform/observability/metrics.ts';
import { connectRedis } from '../platform/redis/redis.ts';
import { createPubSub } from '../messaging/pubsub.ts';
import { watermarksIn } from '../messaging/watermarks.ts';
import { awaitListening } from '../platform/listen.ts';
import { startMetricsServer, type MetricsServer } from '../http/metrics-server.ts';
import { cachingPubSub } from '../seating/map/caching-pubsub.ts';
import { liveMapReportsIn } from '../seating/live/live-map-reports.ts';
import { SeatMapCache } from '../seating/map/seat-map-cache.ts';
import { workerTasks } from '../workers/tasks.ts';
import { runTasks } from '../workers/worker.ts';
import { runProcess } from './run-process.ts';

export interface RunningWorker {
  /** Where its /metrics are served, if anywhere. */
  readonly metricsPort: number | undefined;
  stop(): Promise<void>;
}

/**
 * The part of the product that time drives. Any number of workers may run at once.
 *
 * @throws {StartupError} for a database that this version can't work with, or a port that can't be had.
 */
export async function startWorker(config: Config): Promise<RunningWorker> {
  await checkDatabase(config.databaseUrl); // guard: worker-database-check
  const logger = createLogger(config.logLevel);
  const database = connectDatabase(config.databaseUrl, logger);
  const redis = connectRedis(config.redisUrl, 'sellout-worker', logger);
  const cachedMaps = new SeatMapCache(redis, logger);
  const pubsub = cachingPubSub(createPubSub(config.redisUrl, logger), cachedMaps);
  collectProcessMetrics();
  const tasks = workerTasks({
    db: database.worker,
    batches: database.batches,
    pubsub,
    watermarks: watermarksIn(redis),
    cachedMaps,
    liveMaps: liveMapReportsIn(redis),
    logger,
    defaultHoldTtlMs: config.holdTtlMs,
    historyDays: config.historyDays,
    auditEveryMs: config.auditEveryMs,
  });
  const metricsServer = await serveMetrics(config, database, logger);
  const worker = runTasks(tasks, logger);
  logger.info({ metricsPort: metricsServer?.port }, 'worker started');
  return {
    metricsPort: metricsServer?.port,
    async stop() {
      await metricsServer?.stop();
      await worker.stop();
      await pubsub.close();
      redis.disconnect();
      await database.close();
    },
  };
}

async function serveMetrics(
  { workerMetricsPort: port, host }: Config,
  database: Database,
  logger: Logger,
): Promise<MetricsServer | null> {
  if (port === null) return null;
  const required = getRequirements();
  const databaseState = () => readDatabaseState(database.worker, required);
  return awaitListening(startMetricsServer({ port, host, logger, databaseState }), {
    variable: 'WORKER_METRICS_PORT',
    port,
    host,
  });
}

if (import.meta.main) await runProcess(startWorker);
