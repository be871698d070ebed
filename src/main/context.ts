import type { OnBatchStep } from '../booking/batch/batch.ts';
import { createExecuteBatch } from '../booking/batch/execute-batch.ts';
import { GroupCommit } from '../booking/batch/group-commit.ts';
import { RequestReads } from '../booking/requests/read-requests.ts';
import { RequestQueue } from '../booking/requests/request-queue.ts';
import { RequestUpdates } from '../booking/requests/request-updates.ts';
import type { Services } from '../graphql/context.ts';
import { Identity } from '../identity/identity.ts';
import { Revocations } from '../identity/revocations.ts';
import { createPublisher, type Publisher } from '../messaging/publisher.ts';
import { createSubscriber, type Subscriber } from '../messaging/subscriber.ts';
import type { Config } from '../platform/config/config.ts';
import { DatabaseClock } from '../platform/database/clock.ts';
import { connectDatabase, type PrismaClient } from '../platform/database/db.ts';
import { createFastLogger, createLogger, type Logger } from '../platform/observability/logger.ts';
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
}

/** Creates and starts all services. `close` waits for batches that are in flight. */
export async function createContext(config: Config, overrides: ContextOverrides = {}): Promise<AppContext> {
  const logger = createLogger(config.logLevel);
  const eventLogger = createFastLogger(logger);
  // First: what follows looks whether tracing is on.
  const stopTracing = await startTracing(config.tracing, logger);
  const database = connectDatabase(config.databasePoolUrls ?? config.databaseUrl, logger);
  const redis = connectRedis(config.redis, 'sellout', logger);
  const { publisher, subscriber } = connectMessaging(config, logger);
  const clock = new DatabaseClock(database.reads, logger);
  const venueLayouts = new VenueLayouts(database.reads);
  const eventLayouts = new EventLayouts(database.reads, venueLayouts);
  const feeds = new LiveFeeds({ db: database.reads, subscriber, logger, tickMs: config.feedTickMs });
  const seatMapCache = new SeatMapCache(redis, logger);
  const bestAvailable = new BestAvailable({ db: database.reads, layouts: eventLayouts, feeds });
  const rateLimits = createRateLimits(config, { redis, clock, logger });
  const batchContext = {
    db: database.batches,
    publisher,
    seatMapCache,
    feeds,
    bestAvailable,
    eventLayouts,
    defaultHoldTtlMs: config.holdTtlMs,
    logger,
    eventLogger,
    onStep: overrides.onBatchStep,
    endedHolds: rateLimits?.probing ?? undefined,
  };
  const groupCommit = new GroupCommit(createExecuteBatch(batchContext));
  const [identity, revocations] = createIdentity(config, database.reads, logger);
  const services = { database, redis, publisher, subscriber, clock, groupCommit, logger };
  const rooms = startWaitingRooms(config, services);
  const reporter = new LiveMapReporter(redis, feeds, logger);
  collectProcessMetrics();
  await Promise.all([clock.start(), revocations.start()]);
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
    ...createSeatReads({ db: database.reads, layouts: eventLayouts, feeds, cache: seatMapCache, logger }),
    seatMapCache,
    groupCommit,
    eventLogger,
    bestAvailable,
    ...createRequests(database.reads, redis, subscriber),
    waitingRooms: rooms.waitingRooms,
    defaultHoldTtlMs: config.holdTtlMs,
    async close() {
      await groupCommit.drained();
      await rateLimits?.probing?.idle();
      for (const service of [reporter, rooms, feeds, clock, revocations]) service.stop();
      rateLimits?.close();
      await publisher.close();
      subscriber.close();
      redis.disconnect();
      await database.close();
      await stopTracing();
    },
  };
}

function createIdentity({ auth }: Config, db: PrismaClient, logger: Logger) {
  const revocations = new Revocations(db, logger);
  return [new Identity(auth, db, logger, revocations), revocations] as const;
}

function connectMessaging({ redis }: Config, logger: Logger) {
  return { publisher: createPublisher(redis, logger), subscriber: createSubscriber(redis, logger) };
}

interface SeatReads {
  readonly db: PrismaClient;
  readonly layouts: EventLayouts;
  readonly feeds: LiveFeeds;
  readonly cache: SeatMapCache;
  readonly logger: Logger;
}

function createSeatReads({ db, layouts, feeds, cache, logger }: SeatReads) {
  return {
    seatDetails: new SeatDetails(db, layouts),
    seatMaps: new SeatMaps({ db, feeds, cache }),
    publicVersions: new PublicVersions(db, logger),
    bookingUpdates: new BookingUpdates({ feeds, logger }),
  };
}

function createRequests(db: PrismaClient, redis: Redis, subscriber: Subscriber) {
  const requestQueue = new RequestQueue(redis);
  const requestReads = new RequestReads({ db, requestQueue });
  return { requestQueue, requestReads, requestUpdates: new RequestUpdates({ requestReads, subscriber }) };
}
