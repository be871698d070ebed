import { randomUUID } from 'node:crypto';
import { createExecuteBatch } from '../../src/booking/execute-batch.ts';
import { GroupCommit } from '../../src/booking/group-commit.ts';
import type { BatchResult } from '../../src/booking/batch.ts';
import { connectDatabase, sql, type Database, type PrismaClient, type Tx } from '../../src/platform/db.ts';
import { createLogger, type Logger } from '../../src/platform/logger.ts';
import type { PubSub } from '../../src/pubsub/pubsub.ts';
import { changeMessage } from '../../src/booking/change-message.ts';
import { LiveFeeds } from '../../src/seating/live-feeds.ts';
import { BestAvailable } from '../../src/seating/choose-for-event.ts';
import { EventLayouts } from '../../src/seating/event-layouts.ts';
import { VenueLayouts } from '../../src/seating/venue-layouts.ts';
import { eventually } from './eventually.ts';

/** What one API process has for booking: pools and a group commit of its own. */
export interface BookingProcess extends AsyncDisposable {
  readonly database: Database;
  readonly groupCommit: GroupCommit;
  readonly bestAvailable: BestAvailable;
  /** Every batch that this process committed, in order. */
  readonly committed: BatchResult[];
}

export const silent: Logger = createLogger('silent');

export function startBookingProcess(databaseUrl: string, defaultHoldTtlMs = 300_000): BookingProcess {
  const database = connectDatabase(databaseUrl, silent);
  const layouts = new EventLayouts(database.reads, new VenueLayouts(database.reads));
  const feeds = new LiveFeeds({ db: database.reads, pubsub: silentPubSub, logger: silent, tickMs: 100 });
  const bestAvailable = new BestAvailable({ db: database.reads, layouts, feeds });
  const committed: BatchResult[] = [];
  const execute = createExecuteBatch({
    db: database.batches,
    logger: silent,
    defaultHoldTtlMs,
    chooseSeats: (...request) => bestAvailable.choose(...request),
    neighboursOf: (eventId, seats) => bestAvailable.neighboursOf(eventId, seats),
    committed: (eventId, result) => {
      committed.push(result);
      feeds.take(changeMessage(eventId, result));
    },
  });
  const groupCommit = new GroupCommit(execute);
  return {
    database,
    groupCommit,
    bestAvailable,
    committed,
    async [Symbol.asyncDispose]() {
      await groupCommit.drained();
      feeds.stop();
      await database.close();
    },
  };
}

export function aBuyer(): string {
  return randomUUID();
}

/** Moves a hold's deadline into the past, as if its time had run out. */
export async function letHoldRunOut(db: PrismaClient, bookingId: string): Promise<void> {
  await db.$executeRaw(sql`UPDATE bookings SET created_at = created_at - interval '1 hour',
    hold_expires_at = clock_timestamp() - interval '1 millisecond' WHERE id = ${bookingId}::uuid`);
}

/** Resolves once so many sessions of the database wait for a lock. */
export async function sessionsWaitingForLock(db: PrismaClient, count: number): Promise<void> {
  await eventually(`${count} session(s) wait for a lock`, async () => {
    const [row] = await db.$queryRaw<
      { waiting: number }[]
    >(sql`SELECT count(*)::int AS waiting FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`);
    return (row?.waiting ?? 0) >= count;
  });
}

/**
 * Locks seats in a transaction of its own, starts `meanwhile`, and once that waits for the lock runs `beforeCommit` and
 * commits. Returns the promise of `meanwhile`, boxed so that awaiting this does not await that.
 */
export async function holdUnderLock<T>(
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
    started.catch(() => undefined); // Awaited by the caller; until then a refusal must not count as unhandled.
    await sessionsWaitingForLock(reads, 1);
    await steps.beforeCommit(tx);
  });
  const outcome = started;
  if (outcome === undefined) throw new Error('nothing was started under the lock');
  return () => outcome;
}

/** For messages that nobody is to see. */
export const silentPubSub: PubSub = {
  publishSeatsChanged: () => Promise.resolve(),
  subscribeSeatsChanged: () => ({ ready: Promise.resolve(), close() {} }),
  close: () => Promise.resolve(),
};

/** @throws where data shows that an invariant is broken, with the rows. */
export async function assertSound(db: PrismaClient): Promise<void> {
  const rows = await breaches(db);
  if (rows.length > 0) throw new Error(`invariants are broken: ${JSON.stringify(rows.slice(0, 10))}`);
}

function breaches(db: PrismaClient): Promise<unknown[]> {
  return db.$queryRaw(sql`
    SELECT 'I1: seat claimed twice' AS breach, bs.event_id, bs.seat_index AS what FROM booking_seats bs
      JOIN bookings b ON b.event_id = bs.event_id AND b.id = bs.booking_id AND b.status IN ('HOLD', 'CONFIRMED')
      GROUP BY bs.event_id, bs.seat_index HAVING count(*) > 1
    UNION ALL
    SELECT 'I2: seat and booking disagree', s.event_id, s.seat_index FROM event_seats s
      LEFT JOIN bookings b ON b.event_id = s.event_id AND b.id = s.current_booking_id
      LEFT JOIN booking_seats bs ON bs.event_id = s.event_id AND bs.booking_id = b.id AND bs.seat_index = s.seat_index
      WHERE (s.status = 'HELD' AND (b.status IS DISTINCT FROM 'HOLD' OR bs.seat_index IS NULL))
         OR (s.status = 'BOOKED' AND (b.status IS DISTINCT FROM 'CONFIRMED' OR bs.seat_index IS NULL))
    UNION ALL
    SELECT 'I2: claim without its seat', bs.event_id, bs.seat_index FROM booking_seats bs
      JOIN event_seats s ON s.event_id = bs.event_id AND s.seat_index = bs.seat_index
      WHERE bs.booking_status IN ('HOLD', 'CONFIRMED') AND s.current_booking_id IS DISTINCT FROM bs.booking_id
    UNION ALL
    SELECT 'I8: versions have a gap', e.id, e.seat_version FROM events e
      WHERE e.seat_version <> (SELECT count(*) FROM event_changes c WHERE c.event_id = e.id)
    UNION ALL
    SELECT 'I8: steps of a seat do not connect', event_id, seat FROM (
      SELECT c.event_id, u.seat, u.from_status, lag(u.to_status, 1, 'AVAILABLE') OVER (
        PARTITION BY c.event_id, u.seat ORDER BY c.version, u.step) AS was
      FROM event_changes c, unnest(c.step_seats, c.step_from, c.step_to)
        WITH ORDINALITY AS u(seat, from_status, to_status, step)) AS steps
      WHERE from_status <> was
    UNION ALL
    SELECT 'counters are off', e.id, e.seats_held FROM events e JOIN LATERAL (
        SELECT count(*) FILTER (WHERE status = 'HELD') AS held, count(*) FILTER (WHERE status = 'BOOKED') AS booked,
               count(*) FILTER (WHERE status = 'BLOCKED') AS blocked, count(*) AS total
        FROM event_seats s WHERE s.event_id = e.id) AS n ON true
      WHERE e.seats_held <> n.held OR e.seats_booked <> n.booked OR e.seats_blocked <> n.blocked OR e.seats_total <> n.total
    UNION ALL
    SELECT 'I14: buyer above the limit', b.event_id, sum(b.seat_count)::int FROM bookings b JOIN events e ON e.id = b.event_id
      WHERE b.status = 'CONFIRMED' OR (b.status = 'HOLD' AND b.hold_expires_at > clock_timestamp())
      GROUP BY b.event_id, b.buyer_id, e.seat_limit HAVING sum(b.seat_count) > e.seat_limit`);
}
