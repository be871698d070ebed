import { randomUUID } from 'node:crypto';
import type { GroupCommit } from '../booking/batch/group-commit.ts';
import type { Publisher } from '../messaging/publisher.ts';
import type { Subscriber } from '../messaging/subscriber.ts';
import type { Config } from '../platform/config/config.ts';
import type { DatabaseClock } from '../platform/database/clock.ts';
import type { Database } from '../platform/database/db.ts';
import type { Logger } from '../platform/observability/logger.ts';
import type { Writes } from '../platform/service/service-monitor.ts';
import type { Redis } from '../platform/redis/redis.ts';
import { HoldPathMonitor } from '../waiting-room/hold-path-monitor.ts';
import { RoomStore } from '../waiting-room/redis/room-store.ts';
import { RoomDirectory } from '../waiting-room/rooms/room-directory.ts';
import { RoomTokens } from '../waiting-room/tokens.ts';
import { WaitingRooms } from '../waiting-room/waiting-rooms.ts';

/** Interval of reports on the hold path, which workers read at their next tick. */
const REPORT_EVERY_MS = 1_000;

interface Dependencies {
  readonly database: Database;
  readonly redis: Redis;
  readonly publisher: Publisher;
  readonly subscriber: Subscriber;
  readonly clock: DatabaseClock;
  readonly groupCommit: GroupCommit;
  readonly writes: Writes;
  readonly logger: Logger;
}

/** Starts the waiting rooms of an API process, and reports on the hold path of events that have one. */
export function startWaitingRooms(config: Config, dependencies: Dependencies) {
  const { database, redis, publisher, subscriber, clock, groupCommit, writes, logger } = dependencies;
  const store = new RoomStore(redis);
  const directory = new RoomDirectory(database.reads, clock, logger);
  const tokens = new RoomTokens(config.auth.secret);
  const monitor = new HoldPathMonitor((eventId) => directory.active.has(eventId));
  const processId = randomUUID();
  const db = database.reads;
  const waitingRooms = new WaitingRooms({ db, store, directory, tokens, clock, publisher, writes, logger });
  const revocations = subscriber.subscribeAdmissionRevoked((message) => waitingRooms.dropAdmission(message));

  /** Commands are measured only while some event has a room. */
  function measure(): void {
    const isAnyActive = directory.active.size > 0;
    groupCommit.onSettled = isAnyActive ? (...command) => monitor.record(...command) : null;
  }

  function report(): void {
    measure();
    const periods = monitor.takePeriods(REPORT_EVERY_MS, (eventId) => groupCommit.countWaiting(eventId));
    for (const [eventId, health] of periods) {
      store
        .reportHealth(eventId, processId, health, clock.nowMs())
        .catch((error: unknown) => logger.debug({ err: error, eventId }, 'failed to report the hold path'));
    }
  }

  directory.start();
  const timer = setInterval(report, REPORT_EVERY_MS).unref();
  return {
    waitingRooms,
    stop() {
      clearInterval(timer);
      revocations.close();
      directory.stop();
    },
  };
}
