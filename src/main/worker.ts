import type { OnBatchStep } from '../booking/batch/batch.ts';
import { createExecuteBatch, type BatchContext } from '../booking/batch/execute-batch.ts';
import { GroupCommit } from '../booking/batch/group-commit.ts';
import type { ConsumerLimits } from '../booking/requests/request-consumer.ts';
import { RequestQueue } from '../booking/requests/request-queue.ts';
import { connectDatabase, type PrismaClient } from '../platform/database/db.ts';
import { primaryOnly } from '../platform/database/replicas/replicas.ts';
import type { Config } from '../platform/config/config.ts';
import { checkDatabase, getRequirements, readDatabaseState } from '../platform/database/database-check.ts';
import { createFastLogger, createLogger } from '../platform/observability/logger.ts';
import type { Writes } from '../platform/service/service-monitor.ts';
import { startTracing } from '../platform/observability/tracing.ts';
import { collectProcessMetrics } from '../platform/observability/metrics/registry.ts';
import { checkRedisMode } from '../platform/redis/check-redis.ts';
import { connectRedis } from '../platform/redis/redis.ts';
import { createPublisher, createWatermarks } from '../messaging/publisher.ts';
import { createLiveMapReports } from '../seating/live/live-map-reports.ts';
import { BestAvailable } from '../seating/best-available/best-available.ts';
import { EventLayouts } from '../seating/layout/event-layouts.ts';
import { VenueLayouts } from '../seating/layout/venue-layouts.ts';
import { SeatMapCache } from '../seating/map/seat-map-cache.ts';
import { createRateLimits } from './rate-limits.ts';
import { createServiceMonitor } from './service-monitor.ts';
import { RoomStore } from '../waiting-room/redis/room-store.ts';
import { createTasks } from '../workers/tasks.ts';
import { runTasks } from '../workers/worker.ts';
import { runProcess } from './run-process.ts';
import { serveMetrics } from './serve-metrics.ts';

export interface RunningWorker {
  /** The port of the metrics server, if METRICS_PORT is set. */
  readonly metricsPort: number | undefined;
  stop(): Promise<void>;
}

/** For tests. */
export interface WorkerOverrides {
  /** Called after each step of each batch of queued holds. */
  readonly onBatchStep?: OnBatchStep;
  readonly requestLimits?: Partial<ConsumerLimits>;
}

/**
 * Starts the worker, which runs tasks at intervals. Any number of workers can run at once. A worker publishes messages
 * and does not subscribe to any.
 *
 * @throws {StartupError} if this version does not work with the database, or a port is not available.
 */
export async function startWorker(
  config: Config,
  { onBatchStep, requestLimits = {} }: WorkerOverrides = {},
): Promise<RunningWorker> {
  await checkDatabase(config.databaseUrl, config.databasePoolUrls); // guard: worker-database-check
  await checkRedisMode(config.redis); // guard: worker-redis-check
  const logger = createLogger(config.logLevel);
  const stopTracing = await startTracing(config.tracing, logger);
  const database = connectDatabase(config.databasePoolUrls ?? config.databaseUrl, logger);
  const { worker: db } = database;
  const redis = connectRedis(config.redis, 'sellout-worker', logger);
  const publisher = createPublisher(config.redis, logger);
  collectProcessMetrics();
  const eventLogger = createFastLogger(logger);
  const seatMapCache = new SeatMapCache(redis, logger);
  const writes = createServiceMonitor(config, database, { nowMs: Date.now }, logger);
  const rateLimits = createRateLimits(config, { redis, clock: { nowMs: Date.now }, logger });
  const probing = rateLimits?.probing ?? null;
  const groupCommit = createGroupCommit(db, {
    db: database.batches,
    publisher,
    seatMapCache,
    defaultHoldTtlMs: config.holdTtlMs,
    logger,
    eventLogger,
    onStep: onBatchStep,
    writes,
    endedHolds: probing ?? undefined,
  });
  const tasks = createTasks({
    db,
    batches: database.batches,
    publisher,
    watermarks: createWatermarks(redis),
    seatMapCache,
    requestQueue: new RequestQueue(redis),
    groupCommit,
    writes,
    requestLimits,
    heldSeats: rateLimits?.heldSeats ?? null,
    queuedHolds: probing,
    endedHolds: probing ?? undefined,
    rooms: new RoomStore(redis),
    liveMaps: createLiveMapReports(redis),
    logger,
    eventLogger,
    defaultHoldTtlMs: config.holdTtlMs,
    historyDays: config.historyDays,
    auditEveryMs: config.auditEveryMs,
  });
  const required = getRequirements();
  const metricsServer = await serveMetrics(config, logger, () => readDatabaseState(db, required));
  await writes.start();
  const worker = runTasks(tasks, logger);
  logger.info({ metricsPort: metricsServer?.port }, 'worker started');
  return {
    metricsPort: metricsServer?.port,
    async stop() {
      await metricsServer?.stop();
      await worker.stop();
      await groupCommit.drained();
      await probing?.idle();
      writes.stop();
      await publisher.close();
      redis.disconnect();
      await database.close();
      await stopTracing();
    },
  };
}

/** Creates the group commit of queued holds. Without live maps, the server's choice of seats reads the database. */
function createGroupCommit(
  reads: PrismaClient,
  services: Omit<BatchContext, 'feeds' | 'eventLayouts' | 'bestAvailable'> & { readonly writes: Writes },
): GroupCommit {
  const replicas = primaryOnly(reads);
  const eventLayouts = new EventLayouts({ reads, replicas }, new VenueLayouts(replicas));
  const bestAvailable = new BestAvailable({ db: reads, layouts: eventLayouts, feeds: null });
  const execute = createExecuteBatch({ ...services, feeds: null, eventLayouts, bestAvailable });
  return new GroupCommit(execute, undefined, services.writes);
}

if (import.meta.main) await runProcess((config) => startWorker(config));
