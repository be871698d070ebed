import type { OnBatchStep } from '../booking/batch/batch.ts';
import { createExecuteBatch } from '../booking/batch/execute-batch.ts';
import type { GroupCommit } from '../booking/batch/group-commit.ts';
import { BatchMeter, MeasuredGroupCommit } from '../booking/batch/measured-group-commit.ts';
import { changeMessage } from '../booking/batch/change-message.ts';
import { Identity } from '../identity/identity.ts';
import { DatabaseClock } from '../platform/database/clock.ts';
import type { Config } from '../platform/config/config.ts';
import { connectDatabase, type Database } from '../platform/database/db.ts';
import { createLogger, type Logger } from '../platform/observability/logger.ts';
import { collectProcessMetrics } from '../platform/observability/metrics.ts';
import { connectRedis, type Redis } from '../platform/redis/redis.ts';
import { createPubSub, type PubSub } from '../messaging/pubsub.ts';
import { BestAvailable } from '../seating/best-available/choose-for-event.ts';
import { BookingUpdates } from '../seating/live/booking-updates.ts';
import { cachingPubSub } from '../seating/map/caching-pubsub.ts';
import { EventLayouts } from '../seating/layout/event-layouts.ts';
import { FollowedSeats } from '../seating/live/followed-seats.ts';
import { LiveFeeds } from '../seating/live/live-feeds.ts';
import { LiveMapReporter } from '../seating/live/live-map-reports.ts';
import { PublicVersions } from '../seating/map/public-versions.ts';
import { SeatMapCache } from '../seating/map/seat-map-cache.ts';
import { SeatMaps } from '../seating/map/seat-maps.ts';
import { VenueLayouts } from '../seating/layout/venue-layouts.ts';

/** Everything that a process has one of, made once. Each room states the part of it that it needs. */
export interface AppContext {
  readonly config: Config;
  readonly logger: Logger;
  readonly database: Database;
  readonly redis: Redis;
  readonly pubsub: PubSub;
  readonly clock: DatabaseClock;
  readonly identity: Identity;
  readonly venueLayouts: VenueLayouts;
  readonly eventLayouts: EventLayouts;
  readonly feeds: LiveFeeds;
  readonly followedSeats: FollowedSeats;
  readonly bookingUpdates: BookingUpdates;
  readonly seatMaps: SeatMaps;
  readonly publicVersions: PublicVersions;
  readonly groupCommit: GroupCommit;
  readonly bestAvailable: BestAvailable;
  readonly defaultHoldTtlMs: number;
  close(): Promise<void>;
}

/** What a test may put in the place of the ordinary. */
export interface ContextOverrides {
  readonly onBatchStep?: OnBatchStep;
}

/** Makes the context and starts what runs by itself. `close` lets what is under way finish first. */
export async function createContext(config: Config, overrides: ContextOverrides = {}): Promise<AppContext> {
  const logger = createLogger(config.logLevel);
  const database = connectDatabase(config.databaseUrl, logger);
  const redis = connectRedis(config.redisUrl, 'sellout', logger);
  const seatMapCache = new SeatMapCache(redis, logger);
  const pubsub = cachingPubSub(createPubSub(config.redisUrl, logger), seatMapCache, (eventId) =>
    feeds.peek(eventId),
  );
  const clock = new DatabaseClock(database.reads, logger);
  const venueLayouts = new VenueLayouts(database.reads);
  const eventLayouts = new EventLayouts(database.reads, venueLayouts);
  const feeds: LiveFeeds = new LiveFeeds({ db: database.reads, pubsub, logger, tickMs: config.feedTickMs });
  const bookingUpdates = new BookingUpdates({ feeds, logger });
  const seatMaps = new SeatMaps({ db: database.reads, feeds, cache: seatMapCache });
  const publicVersions = new PublicVersions(database.reads, logger);
  const bestAvailable = new BestAvailable({ db: database.reads, layouts: eventLayouts, feeds });
  const meter = new BatchMeter();
  const groupCommit = new MeasuredGroupCommit(
    meter.measured(
      createExecuteBatch({
        db: database.batches,
        logger,
        defaultHoldTtlMs: config.holdTtlMs,
        neighboursOf: (eventId, seats) => bestAvailable.neighboursOf(eventId, seats),
        onStep: (step, input) => {
          meter.onStep(step, input);
          overrides.onBatchStep?.(step, input);
        },
        chooseSeats: (...request) => bestAvailable.choose(...request),
        committed: (eventId, result) => {
          const message = changeMessage(eventId, result);
          feeds.take(message);
          void pubsub.publishSeatsChanged(message);
        },
      }),
    ),
  );
  collectProcessMetrics();
  await clock.start();
  feeds.start();
  const reporter = startReporter(redis, feeds, logger);

  return {
    config,
    logger,
    database,
    redis,
    pubsub,
    clock,
    identity: new Identity(config.auth, database.reads, logger),
    venueLayouts,
    eventLayouts,
    feeds,
    followedSeats: new FollowedSeats(database.reads, eventLayouts),
    bookingUpdates,
    seatMaps,
    publicVersions,
    groupCommit,
    bestAvailable,
    defaultHoldTtlMs: config.holdTtlMs,
    async close() {
      await groupCommit.drained();
      reporter.stop();
      feeds.stop();
      clock.stop();
      await pubsub.close();
      redis.disconnect();
      await database.close();
    },
  };
}

function startReporter(redis: Redis, feeds: LiveFeeds, logger: Logger): LiveMapReporter {
  const reporter = new LiveMapReporter(redis, feeds, logger);
  reporter.start();
  return reporter;
}
