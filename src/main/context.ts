import type { OnBatchStep } from '../booking/batch/batch.ts';
import { createExecuteBatch, type BatchContext } from '../booking/batch/execute-batch.ts';
import { GroupCommit } from '../booking/batch/group-commit.ts';
import { RequestReads } from '../booking/requests/read-requests.ts';
import { RequestQueue } from '../booking/requests/request-queue.ts';
import { RequestUpdates } from '../booking/requests/request-updates.ts';
import type { Services } from '../graphql/context.ts';
import { EventCounts } from '../graphql/reads/event-counts.ts';
import { Identity } from '../identity/identity.ts';
import { Revocations } from '../identity/revocations.ts';
import { createPublisher, type Publisher } from '../messaging/publisher.ts';
import { createSubscriber, type Subscriber } from '../messaging/subscriber.ts';
import type { Config } from '../platform/config/config.ts';
import { DatabaseClock } from '../platform/database/clock.ts';
import { connectDatabase, type Database, type PrismaClient } from '../platform/database/db.ts';
import { createFastLogger, createLogger, type Logger } from '../platform/observability/logger.ts';
import type { ServiceLimits, Writes } from '../platform/service/service-monitor.ts';
import { startTracing } from '../platform/observability/tracing.ts';
import { collectProcessMetrics } from '../platform/observability/metrics/registry.ts';
import { connectRedis, type Redis } from '../platform/redis/redis.ts';
import { BestAvailable } from '../seating/best-available/best-available.ts';
import { EventLayouts } from '../seating/layout/event-layouts.ts';
import { VenueLayouts } from '../seating/layout/venue-layouts.ts';
import { BookingUpdates } from '../seating/live/booking-updates.ts';
import { SeatDetails } from '../seating/live/seat-details.ts';
import { LiveFeeds } from '../seating/live/live-feeds.ts';
import { LiveMapReporter } from '../seating/live/live-map-reports.ts';
import { PublicVersions } from '../seating/map/public-versions.ts';
import { SeatMapCache } from '../seating/map/seat-map-cache.ts';
import { SeatMaps } from '../seating/map/seat-maps.ts';
import type { RateLimits } from '../traffic/rate-limits.ts';
import { createServiceMonitor } from './service-monitor.ts';
import { getPoolSizes } from './api-pools.ts';
import { createRateLimits } from './rate-limits.ts';
import { startWaitingRooms } from './waiting-rooms.ts';

/** The services of an API process: those of resolvers, and what only the process itself needs. */
export interface AppContext extends Services {
  readonly config: Config;
  readonly redis: Redis;
  /** Null if rate limits are off. */
  readonly rateLimits: RateLimits | null;
  readonly publisher: Publisher;
  readonly seatMapCache: SeatMapCache;
  close(): Promise<void>;
}

export interface ContextOverrides {
  /** Called after each step of each batch; for tests. */
  readonly onBatchStep?: OnBatchStep;
  /** For tests that do not wait as long. */
  readonly serviceLimits?: Partial<ServiceLimits>;
}

/** Creates and starts all services. `close` waits for batches that are in flight. */
export async function createContext(config: Config, overrides: ContextOverrides = {}): Promise<AppContext> {
  const logger = createLogger(config.logLevel);
  const eventLogger = createFastLogger(logger);
  // First: what follows looks whether tracing is on.
  const stopTracing = await startTracing(config.tracing, logger);
  const database = openDatabase(config, logger);
  const redis = connectRedis(config.redis, 'sellout', logger);
  const { publisher, subscriber } = connectMessaging(config, logger);
  const clock = new DatabaseClock(database.reads, logger);
  const service = createServiceMonitor(config, database, clock, logger, overrides.serviceLimits);
  const venueLayouts = new VenueLayouts(database.replicas);
  const eventLayouts = new EventLayouts(database, venueLayouts);
  const feeds = createFeeds(config, { database, subscriber, logger });
  const seatMapCache = new SeatMapCache(redis, logger);
  const bestAvailable = new BestAvailable({ db: database.reads, layouts: eventLayouts, feeds });
  const rateLimits = createRateLimits(config, { redis, clock, logger });
  const groupCommit = createGroupCommit(config, overrides, {
    db: database.batches,
    publisher,
    seatMapCache,
    feeds,
    bestAvailable,
    eventLayouts,
    logger,
    eventLogger,
    writes: service,
    endedHolds: rateLimits?.probing ?? undefined,
  });
  const [identity, revocations] = createIdentity(config, database.reads, service, logger);
  const services = { database, redis, publisher, subscriber, clock, groupCommit, writes: service, logger };
  const rooms = startWaitingRooms(config, services);
  const reporter = new LiveMapReporter(redis, feeds, logger);
  collectProcessMetrics();
  await Promise.all([clock.start(), service.start(), revocations.start(), database.replicas.start()]);
  feeds.start();
  reporter.start();
  return {
    config,
    logger,
    database,
    redis,
    rateLimits,
    publisher,
    clock,
    identity,
    venueLayouts,
    eventLayouts,
    feeds,
    ...createSeatReads({ database, layouts: eventLayouts, feeds, cache: seatMapCache, logger }),
    seatMapCache,
    groupCommit,
    service,
    eventLogger,
    bestAvailable,
    eventCounts: new EventCounts(),
    ...createRequests(database.reads, redis, subscriber),
    waitingRooms: rooms.waitingRooms,
    defaultHoldTtlMs: config.holdTtlMs,
    async close() {
      await groupCommit.drained();
      await rateLimits?.probing?.idle();
      for (const running of [reporter, rooms, feeds, clock, service, revocations]) running.stop();
      rateLimits?.close();
      await publisher.close();
      subscriber.close();
      redis.disconnect();
      await database.close();
      await stopTracing();
    },
  };
}

type BatchServices = Omit<BatchContext, 'defaultHoldTtlMs' | 'onStep'> & { readonly writes: Writes };

function createGroupCommit(
  { holdTtlMs: defaultHoldTtlMs }: Config,
  { onBatchStep: onStep }: ContextOverrides,
  services: BatchServices,
): GroupCommit {
  const execute = createExecuteBatch({ ...services, defaultHoldTtlMs, onStep });
  return new GroupCommit(execute, undefined, services.writes);
}

function openDatabase(config: Config, logger: Logger): Database {
  const { databasePoolUrls, databaseUrl, databaseReplicaUrls, roles } = config;
  return connectDatabase(databasePoolUrls ?? databaseUrl, logger, getPoolSizes(roles), databaseReplicaUrls);
}

interface FeedServices {
  readonly database: Database;
  readonly subscriber: Subscriber;
  readonly logger: Logger;
}

function createFeeds({ feedTickMs: tickMs }: Config, { database, ...services }: FeedServices): LiveFeeds {
  return new LiveFeeds({ db: database.reads, replicas: database.replicas, tickMs, ...services });
}

function createIdentity({ auth }: Config, db: PrismaClient, writes: Writes, logger: Logger) {
  const revocations = new Revocations(db, logger);
  return [new Identity(auth, db, logger, revocations, () => writes.areOn), revocations] as const;
}

function connectMessaging({ redis }: Config, logger: Logger) {
  return { publisher: createPublisher(redis, logger), subscriber: createSubscriber(redis, logger) };
}

interface SeatReads {
  readonly database: Database;
  readonly layouts: EventLayouts;
  readonly feeds: LiveFeeds;
  readonly cache: SeatMapCache;
  readonly logger: Logger;
}

function createSeatReads({ database, layouts, feeds, cache, logger }: SeatReads) {
  const { reads: db, replicas } = database;
  return {
    seatDetails: new SeatDetails(replicas, layouts),
    seatMaps: new SeatMaps({ db, replicas, feeds, cache }),
    publicVersions: new PublicVersions(db, logger),
    bookingUpdates: new BookingUpdates({ feeds, logger }),
  };
}

function createRequests(db: PrismaClient, redis: Redis, subscriber: Subscriber) {
  const requestQueue = new RequestQueue(redis);
  const requestReads = new RequestReads({ db, requestQueue });
  return { requestQueue, requestReads, requestUpdates: new RequestUpdates({ requestReads, subscriber }) };
}
