import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { audit, auditLimits } from '../../src/booking/audit/audit.ts';
import { printReport } from '../../src/booking/audit/print-report.ts';
import { createExecuteBatch } from '../../src/booking/batch/execute-batch.ts';
import { GroupCommit } from '../../src/booking/batch/group-commit.ts';
import type { AnnounceContext } from '../../src/booking/batch/announce.ts';
import {
  connectDatabase,
  sql,
  type Database,
  type PrismaClient,
  type Tx,
} from '../../src/platform/database/db.ts';
import type { DatabaseAddress } from '../../src/platform/database/session-settings.ts';
import { createLogger, type Logger } from '../../src/platform/observability/logger.ts';
import type { SeatsChanged } from '../../src/messaging/messages.ts';
import type { Publisher } from '../../src/messaging/publisher.ts';
import type { Subscriber } from '../../src/messaging/subscriber.ts';
import { LiveFeeds } from '../../src/seating/live/live-feeds.ts';
import { BestAvailable } from '../../src/seating/best-available/best-available.ts';
import { EventLayouts } from '../../src/seating/layout/event-layouts.ts';
import { VenueLayouts } from '../../src/seating/layout/venue-layouts.ts';
import { eventually } from './eventually.ts';

/** The booking services of one API process, with their own connection pools and group commit. */
export interface BookingProcess extends AsyncDisposable {
  readonly database: Database;
  readonly groupCommit: GroupCommit;
  readonly bestAvailable: BestAvailable;
  readonly eventLayouts: EventLayouts;
  /** A silent one. */
  readonly eventLogger: Logger;
  /** Every change that this process committed, in order. It publishes none of them. */
  readonly committed: SeatsChanged[];
  /** Warnings and errors that this process logged, one line each. */
  readonly warnings: string[];
}

export const silent: Logger = createLogger('silent');

export function startBookingProcess(address: DatabaseAddress, defaultHoldTtlMs = 300_000): BookingProcess {
  const warnings: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => warnings.push(line) });
  const database = connectDatabase(address, logger);
  const eventLayouts = new EventLayouts(database, new VenueLayouts(database.replicas));
  const subscriber = silentSubscriber;
  const feeds = new LiveFeeds({ db: database.reads, subscriber, logger: silent, tickMs: 100 });
  const bestAvailable = new BestAvailable({ db: database.reads, layouts: eventLayouts, feeds });
  const committed: SeatsChanged[] = [];
  const execute = createExecuteBatch({
    ...unannounced,
    db: database.batches,
    logger,
    defaultHoldTtlMs,
    bestAvailable,
    eventLayouts,
    feeds,
    publisher: {
      ...silentPublisher,
      async publishSeatsChanged(message) {
        committed.push(message);
        return true;
      },
    },
  });
  const groupCommit = new GroupCommit(execute);
  return {
    database,
    groupCommit,
    bestAvailable,
    eventLayouts,
    eventLogger: silent,
    committed,
    warnings,
    async [Symbol.asyncDispose]() {
      await groupCommit.drained();
      feeds.stop();
      await database.close();
    },
  };
}

export function createBuyerId(): string {
  return randomUUID();
}

/** Moves a hold's deadline into the past. */
export async function makeHoldOverdue(db: PrismaClient, bookingId: string): Promise<void> {
  await db.$executeRaw(sql`UPDATE bookings SET created_at = created_at - interval '1 hour',
    hold_expires_at = clock_timestamp() - interval '1 millisecond' WHERE id = ${bookingId}::uuid`);
}

/** Resolves once this many sessions of the database wait for a lock. */
export async function waitForBlockedSessions(db: PrismaClient, count: number): Promise<void> {
  await eventually(`${count} session(s) wait for a lock`, async () => {
    const [row] = await db.$queryRaw<
      { waiting: number }[]
    >(sql`SELECT count(*)::int AS waiting FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`);
    return (row?.waiting ?? 0) >= count;
  });
}

/**
 * Locks seats in a separate transaction and starts `meanwhile`. Once that waits for the lock, runs `beforeCommit` and
 * commits. Returns the promise of `meanwhile`, boxed so that awaiting this function does not await that promise.
 */
export async function runWhileLocked<T>(
  process: BookingProcess,
  at: { readonly eventId: number },
  seats: readonly number[],
  steps: { meanwhile(): Promise<T>; beforeCommit(tx: Tx): Promise<unknown> },
): Promise<() => Promise<T>> {
  const { reads } = process.database;
  let started: Promise<T> | undefined;
  await reads.$transaction(async (tx) => {
    await tx.$queryRaw(sql`SELECT 1 FROM event_seats
      WHERE event_id = ${at.eventId} AND seat_index = ANY(${seats}::int[]) FOR UPDATE`);
    started = steps.meanwhile();
    started.catch(() => undefined); // The caller awaits it; until then a rejection must not count as unhandled.
    await waitForBlockedSessions(reads, 1);
    await steps.beforeCommit(tx);
  });
  const outcome = started;
  if (outcome === undefined) throw new Error('nothing was started under the lock');
  return () => outcome;
}

/** Publishes nothing. */
export const silentPublisher: Publisher = {
  publishSeatsChanged: () => Promise.resolve(true),
  publishRequestsSettled: () => Promise.resolve(),
  publishAdmissionRevoked: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** Receives nothing. */
export const silentSubscriber: Subscriber = {
  subscribeSeatsChanged: () => ({ ready: Promise.resolve(), close() {} }),
  subscribeRequestsSettled: () => ({ ready: Promise.resolve(), close() {} }),
  subscribeAdmissionRevoked: () => ({ ready: Promise.resolve(), close() {} }),
  close() {},
};

/** Announces changes to nobody. */
export const unannounced: AnnounceContext = {
  publisher: silentPublisher,
  seatMapCache: { change: () => Promise.resolve('none'), store: () => Promise.resolve(false) },
  feeds: null,
  eventLogger: silent,
  logger: silent,
};

/** Runs the product's audit. @throws if it finds a breach, with its report. */
export async function assertInvariants(db: PrismaClient): Promise<void> {
  const limits = { ...auditLimits, historyDays: 30 };
  // Tests that have a Redis check it themselves. Overdue holds stay if no worker runs.
  const report = await audit({ db, watermarks: null, swept: false, limits });
  if (report.breaches > 0) throw new Error(printReport(report));
}
