import type { BookingStatus, SeatStatus } from '../../generated/prisma/enums.ts';
import { sql, type Tx } from '../../platform/database/db.ts';
import { holdDeadline } from '../../platform/service/outages.sql.ts';

/** Maximum number of changes that are read. A booking has few: each call of its buyer makes one. */
export const CHANGES_MAX = 1_000;
/** Maximum number of bookings of one number that are read. */
const SAME_NUMBER_MAX = 10;

export interface BookingRow {
  readonly id: string;
  readonly eventId: number;
  readonly buyerId: string;
  readonly status: BookingStatus;
  readonly seatCount: number;
  readonly createdAt: Date;
  readonly holdExpiresAt: Date;
  readonly takeoverAt: Date;
  readonly extendedAt: Date | null;
  readonly confirmedAt: Date | null;
  readonly endedAt: Date | null;
  readonly eventName: string;
  readonly eventStatus: string;
  readonly venueName: string;
  readonly now: Date;
}

export interface ClaimRow {
  readonly seatIndex: number;
  readonly label: string;
  readonly claimStatus: BookingStatus;
  readonly seatStatus: SeatStatus;
  /** The booking that has the seat now. */
  readonly currentBookingId: string | null;
}

export interface ChangeRow {
  readonly version: number;
  readonly batchId: string;
  readonly committedAt: Date;
  /** The status after the batch; null if the batch changed only seats. */
  readonly status: BookingStatus | null;
  readonly seats: readonly number[];
  readonly from: readonly SeatStatus[];
  readonly to: readonly SeatStatus[];
}

export interface KeyRow {
  readonly operation: string;
  readonly keyHash: Buffer;
  readonly inputHash: Buffer;
  readonly createdAt: Date;
}

/** Makes the transaction read only, and limits the duration of its statements. */
export async function prepareInspection(tx: Tx): Promise<void> {
  // guard: inspect-read-only
  await tx.$queryRaw(sql`/* inspect: prepare */
    SELECT set_config('transaction_read_only', 'on', true), set_config('transaction_timeout', '0', true),
      set_config('transaction_timeout', '60s', true), set_config('statement_timeout', '30s', true),
      set_config('enable_seqscan', 'on', true), set_config('enable_sort', 'on', true)`);
}

/** Finds a booking by its UUID. Without the event's number this reads the index of every partition or the whole table. */
export async function readBooking(
  tx: Tx,
  bookingId: string,
  eventId: number | null,
): Promise<BookingRow | null> {
  const [row] = await tx.$queryRaw<BookingRow[]>(sql`/* inspectBooking */
    SELECT b.id::text, b.event_id AS "eventId", b.buyer_id::text AS "buyerId", b.status, b.seat_count AS "seatCount",
           b.created_at AS "createdAt", ${holdDeadline(sql`b`)} AS "holdExpiresAt",
           ${holdDeadline(sql`b`)} + b.takeover_delay_ms * interval '1 ms' AS "takeoverAt", b.extended_at AS "extendedAt",
           b.confirmed_at AS "confirmedAt", b.ended_at AS "endedAt", e.name AS "eventName", e.status AS "eventStatus",
           v.name AS "venueName", clock_timestamp() AS now
    FROM bookings b JOIN events e ON e.id = b.event_id JOIN venues v ON v.id = e.venue_id
    WHERE b.id = ${bookingId}::uuid AND (${eventId}::int IS NULL OR b.event_id = ${eventId}::int)`);
  return row ?? null;
}

/** Finds the bookings of an event whose UUIDs end with some digits. Reads the keys of all bookings of the event. */
export async function findByEnding(tx: Tx, eventId: number, idEnding: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>(sql`/* inspectNumber */
    SELECT id::text FROM bookings WHERE event_id = ${eventId} AND right(id::text, ${idEnding.length}::int) = ${idEnding}
    ORDER BY id LIMIT ${SAME_NUMBER_MAX}`);
  return rows.map(({ id }) => id);
}

export function readClaims(tx: Tx, eventId: number, bookingId: string): Promise<ClaimRow[]> {
  return tx.$queryRaw<ClaimRow[]>(sql`/* inspectClaims */
    SELECT c.seat_index AS "seatIndex", concat_ws(', ', nullif(s.section, ''), 'row ' || s."row", 'seat ' || s.number) AS label,
           c.booking_status AS "claimStatus", e.status AS "seatStatus", e.current_booking_id::text AS "currentBookingId"
    FROM booking_seats c
    JOIN event_seats e ON e.event_id = c.event_id AND e.seat_index = c.seat_index
    JOIN venue_seats s ON s.venue_id = e.venue_id AND s.seat_index = c.seat_index
    WHERE c.event_id = ${eventId} AND c.booking_id = ${bookingId}::uuid
    ORDER BY c.seat_index`);
}

/** Reads the seats by label, also those that the booking has given back. */
export async function readLabels(
  tx: Tx,
  eventId: number,
  seats: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await tx.$queryRaw<{ seatIndex: number; label: string }[]>(sql`/* inspectLabels */
    SELECT e.seat_index AS "seatIndex", concat_ws(', ', nullif(s.section, ''), 'row ' || s."row", 'seat ' || s.number) AS label
    FROM event_seats e JOIN venue_seats s ON s.venue_id = e.venue_id AND s.seat_index = e.seat_index
    WHERE e.event_id = ${eventId} AND e.seat_index = ANY (${seats}::int[])`);
  return new Map(rows.map(({ seatIndex, label }) => [seatIndex, label]));
}

/** Reads the change record from the booking's creation on, in the order of versions. */
export function readChanges(tx: Tx, { eventId, id, createdAt }: BookingRow): Promise<ChangeRow[]> {
  return tx.$queryRaw<ChangeRow[]>(sql`/* inspectChanges */
    SELECT c.version, c.batch_id::text AS "batchId", c.committed_at AS "committedAt",
           c.booking_statuses[array_position(c.booking_ids, ${id}::uuid)] AS status,
           steps.seats, steps."from", steps."to"
    FROM event_changes c CROSS JOIN LATERAL (
      SELECT coalesce(array_agg(u.seat ORDER BY u.n), '{}') AS seats,
             coalesce(array_agg(u.before::text ORDER BY u.n), '{}') AS "from",
             coalesce(array_agg(u.after::text ORDER BY u.n), '{}') AS "to"
      FROM unnest(c.step_seats, c.step_from, c.step_to, c.step_bookings) WITH ORDINALITY AS u(seat, before, after, booking, n)
      WHERE u.booking = ${id}::uuid) AS steps
    WHERE c.event_id = ${eventId} AND c.committed_at >= ${createdAt}::timestamptz - interval '1 s'
      AND (${id}::uuid = ANY (c.booking_ids) OR ${id}::uuid = ANY (c.step_bookings))
    ORDER BY c.version LIMIT ${CHANGES_MAX}`);
}

export function readKeys(tx: Tx, { eventId, buyerId, id }: BookingRow): Promise<KeyRow[]> {
  return tx.$queryRaw<KeyRow[]>(sql`/* inspectKeys */
    SELECT operation, key_hash AS "keyHash", input_hash AS "inputHash", created_at AS "createdAt"
    FROM idempotency_keys
    WHERE event_id = ${eventId} AND buyer_id = ${buyerId}::uuid AND booking_id = ${id}::uuid
    ORDER BY created_at`);
}
