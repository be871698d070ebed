import { sql, type Tx } from '../platform/db.ts';
import type {
  BookingStatus,
  Changes,
  EventRules,
  EventStatus,
  Key,
  Seat,
  SeatStatus,
  UsedKey,
} from './model.ts';
import { bookingFromRow, type BookingRow } from './booking-row.ts';
import type { BookingRecord } from './model.ts';

/*
 * The statements of a batch, in the order in which run-batch.ts sends them. Locks are taken in one order everywhere:
 * the buyers' rows by buyer, the seats by index, the event's row last; bookings are covered by their seats. Locking
 * statements name plain rows, never a JOIN.
 */

/**
 * The event's number, hidden from the planner's statistics. A new event is not among the values that ANALYZE saw, and
 * as a constant it would be taken for one that has no rows at all: any index then looks as good as the key.
 */
function thisEvent(eventId: number) {
  return sql`(SELECT ${eventId}::int)`;
}

export const NIL_UUID = '00000000-0000-0000-0000-000000000000';

/** The event, and the seats to lock besides the named ones: those of named bookings and of overdue ones in the way. */
export async function readPlan(
  tx: Tx,
  eventId: number,
  named: { readonly seats: readonly number[]; readonly bookingIds: readonly string[] },
  defaultHoldTtlMs: number,
): Promise<{ readonly event: EventRules; readonly moreSeats: readonly number[] } | null> {
  const [row] = await tx.$queryRaw<
    {
      organizer_id: string;
      status: EventStatus;
      on_sale_at_ms: number;
      seat_limit: number;
      hold_ttl_ms: number | null;
      seats_total: number;
      tier_amounts: number[] | null;
      more_seats: number[] | null;
    }[]
  >(sql`/* readPlan */
    SELECT e.organizer_id, e.status, (extract(epoch FROM e.on_sale_at) * 1000)::float8 AS on_sale_at_ms,
           e.seat_limit, e.hold_ttl_ms, e.seats_total,
           ARRAY(SELECT p.amount::float8 FROM price_tiers p WHERE p.event_id = e.id ORDER BY p.tier_index) AS tier_amounts,
           ARRAY(SELECT bs.seat_index FROM booking_seats bs
                 WHERE bs.event_id = e.id AND bs.booking_id = ANY(${named.bookingIds}::uuid[] || ARRAY(
                   SELECT b.id FROM event_seats s CROSS JOIN LATERAL (
                     SELECT id, status, hold_expires_at FROM bookings
                     WHERE event_id = s.event_id AND id = s.current_booking_id OFFSET 0) b
                   WHERE s.event_id = e.id AND s.seat_index = ANY(${named.seats}::int[])
                     AND b.status = 'HOLD' AND b.hold_expires_at <= clock_timestamp()))) AS more_seats
    FROM events e WHERE e.id = ${eventId}`);
  if (row === undefined) return null;
  return {
    event: {
      eventId,
      organizerId: row.organizer_id,
      status: row.status,
      onSaleAtMs: row.on_sale_at_ms,
      seatLimit: row.seat_limit,
      holdTtlMs: row.hold_ttl_ms ?? defaultHoldTtlMs,
      seatsTotal: row.seats_total,
      tierAmounts: row.tier_amounts ?? [],
    },
    moreSeats: row.more_seats ?? [],
  };
}

/**
 * Locks one row a buyer, in order, making those that are missing. The condition is never true: PostgreSQL locks a row
 * in conflict all the same, and writes no new version of it.
 */
export async function lockBuyers(tx: Tx, eventId: number, buyerIds: readonly string[]): Promise<void> {
  await tx.$executeRaw(sql`/* lockBuyers */
    INSERT INTO event_buyers (event_id, buyer_id)
    SELECT ${eventId}, buyer_id FROM unnest(${buyerIds}::uuid[]) AS buyer_id ORDER BY buyer_id
    ON CONFLICT (event_id, buyer_id) DO UPDATE SET buyer_id = excluded.buyer_id WHERE false`);
}

/** Locks seats by index. `skipLocked` is the sweeper's: what somebody is at needs no sweeping now. */
export async function lockSeats(
  tx: Tx,
  eventId: number,
  seats: readonly number[],
  skipLocked: boolean,
): Promise<Map<number, Seat>> {
  type Row = {
    seat_index: number;
    tier_index: number;
    status: SeatStatus;
    current_booking_id: string | null;
  };
  const rows = skipLocked
    ? await tx.$queryRaw<Row[]>(sql`/* lockSeatsSkipLocked */
        SELECT seat_index, tier_index, status, current_booking_id FROM event_seats
        WHERE event_id = ${thisEvent(eventId)} AND seat_index = ANY(${seats}::int[]) ORDER BY seat_index FOR UPDATE SKIP LOCKED`)
    : await tx.$queryRaw<Row[]>(sql`/* lockSeats */
        SELECT seat_index, tier_index, status, current_booking_id FROM event_seats
        WHERE event_id = ${thisEvent(eventId)} AND seat_index = ANY(${seats}::int[]) ORDER BY seat_index FOR UPDATE`);
  return new Map(
    rows.map((row) => [
      row.seat_index,
      {
        index: row.seat_index,
        tierIndex: row.tier_index,
        status: row.status,
        bookingId: row.current_booking_id,
      },
    ]),
  );
}

/**
 * What is read once the locks are held, the clock first of all: `now()` would be the time of BEGIN, and a clock read
 * by the locking statement itself the time before its wait. Planned anew each time (db.ts): a plan that was made while
 * the event had no bookings must not be kept.
 */
export async function readLocked(
  tx: Tx,
  eventId: number,
  wanted: {
    readonly bookingIds: readonly string[];
    readonly buyerIds: readonly string[];
    readonly keys: readonly (Key & { readonly buyerId: string })[];
  },
): Promise<{
  readonly clockMs: number;
  readonly bookings: Map<string, BookingRecord>;
  readonly keys: UsedKey[];
}> {
  const [row] = await tx.$queryRaw<
    {
      clock_ms: number;
      bookings: BookingRow[] | null;
      keys: [string, UsedKey['operation'], string, string, string][] | null;
    }[]
  >(sql`/* readLocked */
    WITH used AS MATERIALIZED (
      SELECT k.* FROM unnest(${wanted.keys.map((key) => key.buyerId)}::uuid[], ${wanted.keys.map((key) => key.operation)}::text[],
                             ${wanted.keys.map((key) => key.keyHash)}::text[]) AS w(buyer_id, operation, key_hash)
      CROSS JOIN LATERAL (
        SELECT k.buyer_id, k.operation, w.key_hash, encode(k.input_hash, 'hex') AS input_hash, k.booking_id
        FROM idempotency_keys k WHERE k.event_id = ${thisEvent(eventId)} AND k.buyer_id = w.buyer_id
          AND k.operation = w.operation AND k.key_hash = decode(w.key_hash, 'hex') OFFSET 0) AS k
    ), wanted AS (
      SELECT unnest(${wanted.bookingIds}::uuid[]) AS id
      UNION SELECT booking_id FROM used
      UNION SELECT b.id FROM unnest(${wanted.buyerIds}::uuid[]) AS w(buyer_id) CROSS JOIN LATERAL (
        SELECT b.id FROM bookings b
        WHERE b.event_id = ${thisEvent(eventId)} AND b.buyer_id = w.buyer_id AND b.status IN ('HOLD', 'CONFIRMED') OFFSET 0) AS b
    )
    SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS clock_ms,
      (SELECT json_agg(b.row) FROM wanted w CROSS JOIN LATERAL (
         SELECT json_build_array(b.id, b.buyer_id, b.status,
                  ARRAY(SELECT bs.seat_index FROM booking_seats bs WHERE bs.event_id = b.event_id AND bs.booking_id = b.id ORDER BY 1),
                  b.total_amount, extract(epoch FROM b.created_at) * 1000, extract(epoch FROM b.hold_expires_at) * 1000,
                  extract(epoch FROM b.confirmed_at) * 1000, extract(epoch FROM b.ended_at) * 1000) AS row
         FROM bookings b WHERE b.event_id = ${thisEvent(eventId)} AND b.id = w.id OFFSET 0) AS b) AS bookings,
      (SELECT json_agg(json_build_array(buyer_id, operation, key_hash, input_hash, booking_id)) FROM used) AS keys`);
  if (row === undefined) throw new Error('readLocked returned no row');
  return {
    clockMs: row.clock_ms,
    bookings: new Map((row.bookings ?? []).map((booking) => [booking[0], bookingFromRow(eventId, booking)])),
    keys: (row.keys ?? []).map(([buyerId, operation, keyHash, inputHash, bookingId]) => ({
      buyerId,
      operation,
      keyHash,
      inputHash,
      bookingId,
    })),
  };
}

/**
 * New statuses of bookings that were there before. A statement of its own, before the claims of the same batch: in one
 * statement both would see the old claims, and the constraint would refuse.
 */
export async function changeBookings(
  tx: Tx,
  eventId: number,
  clockMs: number,
  changed: Changes['changedBookings'],
): Promise<number> {
  const before: BookingStatus[] = changed.map((change) => change.before.status);
  const after: BookingStatus[] = changed.map((change) => change.after.status);
  return tx.$executeRaw(sql`/* changeBookings */
    UPDATE bookings b SET
      status = u.after,
      confirmed_at = CASE WHEN u.after IN ('CONFIRMED', 'CANCELED') THEN coalesce(b.confirmed_at, to_timestamp(${clockMs}::float8 / 1000)) END,
      ended_at = CASE WHEN u.after IN ('EXPIRED', 'RELEASED', 'CANCELED') THEN to_timestamp(${clockMs}::float8 / 1000) END
    FROM unnest(${changed.map((change) => change.after.id)}::uuid[], ${before}::text[]::booking_status[], ${after}::text[]::booking_status[])
      AS u(id, before, after)
    WHERE b.event_id = ${thisEvent(eventId)} AND b.id = u.id AND b.status = u.before`);
}

/** New bookings with their claims, used keys, and every seat as the batch leaves it. Returns the seats written. */
export async function writeSeats(
  tx: Tx,
  eventId: number,
  clockMs: number,
  changes: Changes,
): Promise<number> {
  const created = changes.createdBookings;
  const claims = created.flatMap((booking) => booking.seats.map((seat) => ({ seat, booking })));
  const keys = changes.usedKeys;
  return tx.$executeRaw(sql`/* writeSeats */
    WITH created AS (
      INSERT INTO bookings (event_id, id, buyer_id, status, seat_count, total_amount, created_at, hold_expires_at, confirmed_at, ended_at)
      SELECT ${eventId}, u.id, u.buyer_id, u.status, u.seat_count, u.total_amount,
             to_timestamp(${clockMs}::float8 / 1000), to_timestamp(u.hold_expires_at_ms / 1000),
             CASE WHEN u.status IN ('CONFIRMED', 'CANCELED') THEN to_timestamp(${clockMs}::float8 / 1000) END,
             CASE WHEN u.status IN ('EXPIRED', 'RELEASED', 'CANCELED') THEN to_timestamp(${clockMs}::float8 / 1000) END
      FROM unnest(${created.map((b) => b.id)}::uuid[], ${created.map((b) => b.buyerId)}::uuid[],
                  ${created.map((b) => b.status)}::text[]::booking_status[], ${created.map((b) => b.seats.length)}::int[],
                  ${created.map((b) => b.totalAmount)}::float8[]::bigint[], ${created.map((b) => b.holdExpiresAtMs)}::float8[])
        AS u(id, buyer_id, status, seat_count, total_amount, hold_expires_at_ms)
    ), claims AS (
      INSERT INTO booking_seats (event_id, booking_id, seat_index, booking_status)
      SELECT ${eventId}, u.booking_id, u.seat_index, u.status
      FROM unnest(${claims.map((c) => c.booking.id)}::uuid[], ${claims.map((c) => c.seat)}::int[],
                  ${claims.map((c) => c.booking.status)}::text[]::booking_status[]) AS u(booking_id, seat_index, status)
    ), used AS (
      INSERT INTO idempotency_keys (event_id, buyer_id, operation, key_hash, input_hash, booking_id, created_at)
      SELECT ${eventId}, u.buyer_id, u.operation, decode(u.key_hash, 'hex'), decode(u.input_hash, 'hex'), u.booking_id,
             to_timestamp(${clockMs}::float8 / 1000)
      FROM unnest(${keys.map((k) => k.buyerId)}::uuid[], ${keys.map((k) => k.operation)}::text[], ${keys.map((k) => k.keyHash)}::text[],
                  ${keys.map((k) => k.inputHash)}::text[], ${keys.map((k) => k.bookingId)}::uuid[])
        AS u(buyer_id, operation, key_hash, input_hash, booking_id)
    )
    UPDATE event_seats s SET status = u.after, current_booking_id = nullif(u.booking_id, ${NIL_UUID}::uuid)
    FROM unnest(${changes.seats.map((seat) => seat.after.index)}::int[],
                ${changes.seats.map((seat) => seat.before.status)}::text[]::seat_status[],
                ${changes.seats.map((seat) => seat.after.status)}::text[]::seat_status[],
                ${changes.seats.map((seat) => seat.after.bookingId ?? NIL_UUID)}::uuid[])
      AS u(seat_index, before, after, booking_id)
    WHERE s.event_id = ${thisEvent(eventId)} AND s.seat_index = u.seat_index AND s.status = u.before`);
}

/**
 * The last statement before COMMIT: raises the version by one, counts seats along, and records every step under the new
 * version. It is also where batches for one event of several processes stand in line.
 *
 * @returns the new version; null where the event's status is no longer what the batch was decided on.
 */
export async function raiseVersion(
  tx: Tx,
  event: EventRules,
  batchId: string,
  clockMs: number,
  changes: Changes,
): Promise<number | null> {
  const steps = changes.steps;
  const bookings = [...changes.createdBookings, ...changes.changedBookings.map((change) => change.after)];
  const delta = (status: SeatStatus) =>
    changes.seats.reduce(
      (sum, { before, after }) => sum + Number(after.status === status) - Number(before.status === status),
      0,
    );
  const [row] = await tx.$queryRaw<{ version: number }[]>(sql`/* raiseVersion */
    WITH raised AS (
      UPDATE events SET seat_version = seat_version + 1, seats_held = seats_held + ${delta('HELD')}::int,
        seats_booked = seats_booked + ${delta('BOOKED')}::int, seats_blocked = seats_blocked + ${delta('BLOCKED')}::int
      WHERE id = ${event.eventId} AND status = ${event.status}::event_status
      RETURNING seat_version
    )
    INSERT INTO event_changes (event_id, version, batch_id, committed_at, step_seats, step_from, step_to, step_bookings, booking_ids, booking_statuses)
    SELECT ${event.eventId}, raised.seat_version, ${batchId}::uuid, to_timestamp(${clockMs}::float8 / 1000),
           ${steps.map((step) => step.seat)}::int[], ${steps.map((step) => step.from)}::text[]::seat_status[],
           ${steps.map((step) => step.to)}::text[]::seat_status[], ${steps.map((step) => step.bookingId ?? NIL_UUID)}::uuid[],
           ${bookings.map((booking) => booking.id)}::uuid[], ${bookings.map((booking) => booking.status)}::text[]::booking_status[]
    FROM raised RETURNING version`);
  return row?.version ?? null;
}

/**
 * Whether a batch whose connection broke in COMMIT is in the database. Waits for the event's row first: as long as the
 * lost transaction is still under way there, it holds that row.
 */
export async function findBatch(tx: Tx, eventId: number, version: number, batchId: string): Promise<boolean> {
  await tx.$queryRaw(sql`/* awaitEvent */ SELECT 1 FROM events WHERE id = ${eventId} FOR NO KEY UPDATE`);
  const rows = await tx.$queryRaw<unknown[]>(sql`/* findBatch */
    SELECT 1 FROM event_changes WHERE event_id = ${eventId} AND version = ${version} AND batch_id = ${batchId}::uuid`);
  return rows.length > 0;
}
