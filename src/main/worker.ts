import { connectDatabase } from '../platform/db.ts';
import { loadConfig, type Config } from '../platform/config.ts';
import { createLogger } from '../platform/logger.ts';
import { collectProcessMetrics } from '../platform/metrics.ts';
import { connectRedis } from '../platform/redis.ts';
import { createPubSub } from '../pubsub/pubsub.ts';
import { watermarksIn } from '../pubsub/watermarks.ts';
import { startMetricsServer } from '../workers/metrics-server.ts';
import { cachingPubSub } from '../seating/caching-pubsub.ts';
import { liveMapReportsIn } from '../seating/live-map-reports.ts';
import { SeatMapCache } from '../seating/seat-map-cache.ts';
import { workerTasks } from '../workers/tasks.ts';
import { runTasks } from '../workers/worker.ts';
import { runUntilSignal } from './run-until-signal.ts';

export interface RunningWorker {
  /** Where its /metrics are served, if anywhere. */
  readonly metricsPort: number | undefined;
  stop(): Promise<void>;
}

/** The part of the product that time drives. Any number of workers may run at once. */
export async function startWorker(config: Config): Promise<RunningWorker> {
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
  const worker = runTasks(tasks, logger);
  const { workerMetricsPort: port } = config;
  const metricsServer = port === null ? null : await startMetricsServer(port, config.host, logger);
  logger.info({ metricsPort: metricsServer?.port }, 'the worker runs');
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

if (import.meta.main) await runUntilSignal(() => startWorker(loadConfig()));
