import { connectDatabase } from '../platform/db.ts';
import { loadConfig, type Config } from '../platform/config.ts';
import { createLogger } from '../platform/logger.ts';
import { collectProcessMetrics } from '../platform/metrics.ts';
import { connectRedis } from '../platform/redis.ts';
import { createPubSub } from '../pubsub/pubsub.ts';
import { watermarksIn } from '../pubsub/watermarks.ts';
import { startMetricsServer } from '../workers/metrics-server.ts';
import { workerTasks } from '../workers/tasks.ts';
import { runTasks } from '../workers/worker.ts';
import { runUntilSignal } from './run-until-signal.ts';

/** The part of the product that time drives. Any number of workers may run at once. */
export async function startWorker(config: Config): Promise<{ stop(): Promise<void> }> {
  const logger = createLogger(config.logLevel);
  const database = connectDatabase(config.databaseUrl, logger);
  const pubsub = createPubSub(config.redisUrl, logger);
  const redis = connectRedis(config.redisUrl, 'sellout-worker', logger);
  collectProcessMetrics();
  const tasks = workerTasks({
    db: database.worker,
    pubsub,
    watermarks: watermarksIn(redis),
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
    async stop() {
      await metricsServer?.stop();
      await worker.stop();
      redis.disconnect();
      await pubsub.close();
      await database.close();
    },
  };
}

if (import.meta.main) await runUntilSignal(() => startWorker(loadConfig()));
