import { connectDatabase } from '../platform/db.ts';
import { loadConfig, type Config } from '../platform/config.ts';
import { createLogger } from '../platform/logger.ts';
import { createPubSub } from '../pubsub/pubsub.ts';
import { workerTasks } from '../workers/tasks.ts';
import { runTasks } from '../workers/worker.ts';
import { runUntilSignal } from './run-until-signal.ts';

/** The part of the product that time drives. Any number of workers may run at once. */
export async function startWorker(config: Config): Promise<{ stop(): Promise<void> }> {
  const logger = createLogger(config.logLevel);
  const database = connectDatabase(config.databaseUrl, logger);
  const pubsub = createPubSub(config.redisUrl, logger);
  const tasks = workerTasks({
    db: database.worker,
    pubsub,
    logger,
    defaultHoldTtlMs: config.holdTtlMs,
    historyDays: config.historyDays,
  });
  const worker = runTasks(tasks, logger);
  logger.info('the worker runs');
  return {
    async stop() {
      await worker.stop();
      await pubsub.close();
      await database.close();
    },
  };
}

if (import.meta.main) await runUntilSignal(() => startWorker(loadConfig()));
