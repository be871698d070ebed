import { arrayLiteral } from './array-literal.ts';
import { plannedEachTime, sql, type Tx } from '../../platform/database/db.ts';
import type {
  BookingMode,
  BookingRecord,
  BookingStatus,
  EventRules,
  EventStatus,
  Key,
  OrphanRule,
  Seat,
  SeatStatus,
  UsedKey,
} from '../rules/model.ts';
import { checkEpoch, epochReading, type EpochReading } from './epoch.ts';
import { getEventTables, seatsTableReading, thisEvent, type EventTables } from './event-tables.ts';

/*
 * The statements by which a batch locks and reads, in the order in which run-batch.ts sends them; the lock order is
 * described there. Locking statements name plain rows, never a JOIN.
 */

/** Sets lock_timeout until the end of the transaction. */
export async function setLockTimeout(tx: Tx, ms: number): Promise<void> {
  await tx.$queryRaw(sql`/* setLockTimeout */ SELECT set_config('lock_timeout', ${String(ms)}, true)`);
}

interface PlanRow {
  organizer_id: string;
  status: EventStatus;
  on_sale_at_ms: number;
  sale_ends_at_ms: number;
  cancelable_until_ms: number;
  seat_limit: number;
  hold_ttl_ms: number | null;
  hold_extension_ms: number | null;
  hold_lifetime_max_ms: number | null;
  orphan_rule: OrphanRule;
  booking_mode: BookingMode;
  buyers_may_cancel: boolean;
  takeover_delay: boolean;
  seats_total: number;
  needs_admission: boolean;
  tier_amounts: number[] | null;
  epoch: EpochReading;
  seats_table: string | null;
}

interface Plan {
  readonly event: EventRules;
  /** Valid until the end of the transaction. */
  readonly tables: EventTables;
}

/**
 * Reads the event. Returns null if the event does not exist, or is a draft and its organizer is not a caller.
 *
 * @throws if the server is an old primary, or the database's epoch has changed.
 */
export async function readPlan(
  tx: Tx,
  eventId: number,
  /** Null stands for the server itself, which sees every event. */
  callerIds: readonly (string | null)[],
  defaultHoldTtlMs: number,
): Promise<Plan | null> {
  // guard: draft-hidden-from-batch
  const [row] = await tx.$queryRaw<PlanRow[]>(sql`/* readPlan */
    SELECT e.organizer_id, e.status, (extract(epoch FROM e.on_sale_at) * 1000)::float8 AS on_sale_at_ms,
           (extract(epoch FROM e.sale_ends_at) * 1000)::float8 AS sale_ends_at_ms,
           (extract(epoch FROM e.cancelable_until) * 1000)::float8 AS cancelable_until_ms,
           e.seat_limit, e.hold_ttl_ms, e.hold_extension_ms, e.hold_lifetime_max_ms, e.orphan_rule, e.booking_mode, e.buyers_may_cancel, e.takeover_delay, e.seats_total,
           EXISTS (SELECT FROM waiting_rooms w WHERE w.event_id = e.id
                   AND (w.mode = 'ON' OR (w.mode = 'AUTOMATIC' AND w.automatic_on))) AS needs_admission,
           ARRAY(SELECT p.amount::float8 FROM price_tiers p WHERE p.event_id = e.id ORDER BY p.tier_index) AS tier_amounts,
           ${epochReading} AS epoch, ${seatsTableReading} AS seats_table
    FROM events e WHERE e.id = ${eventId} AND (e.status <> 'DRAFT'
      OR e.organizer_id = ANY(${arrayLiteral(callerIds.filter((id) => id !== null))}::uuid[]) OR ${callerIds.includes(null)}::boolean)`);
  if (row === undefined) return null;
  checkEpoch(row.epoch);
  const holdTtlMs = row.hold_ttl_ms ?? defaultHoldTtlMs;
  return {
    event: {
      eventId,
      organizerId: row.organizer_id,
      status: row.status,
      onSaleAtMs: row.on_sale_at_ms,
      saleEndsAtMs: row.sale_ends_at_ms,
      cancelableUntilMs: row.cancelable_until_ms,
      seatLimit: row.seat_limit,
      holdTtlMs,
      holdExtensionMs: row.hold_extension_ms,
      holdLifetimeMaxMs: row.hold_lifetime_max_ms ?? holdTtlMs + (row.hold_extension_ms ?? 0),
      orphanRule: row.orphan_rule,
      bookingMode: row.booking_mode,
      buyersMayCancel: row.buyers_may_cancel,
      takeoverDelay: row.takeover_delay,
      seatsTotal: row.seats_total,
      needsAdmission: row.needs_admission,
      tierAmounts: row.tier_amounts ?? [],
    },
    tables: getEventTables(row.seats_table),
  };
}

/**
 * Locks one row per buyer, in order, and creates missing ones. The WHERE condition is never true: PostgreSQL still locks
 * the conflicting row, but writes no new version of it.
 */
export async function lockBuyers(
  tx: Tx,
  tables: EventTables,
  eventId: number,
  buyerIds: readonly string[],
): Promise<void> {
  await tx.$executeRaw(sql`/* lockBuyers */
    INSERT INTO ${tables.eventBuyers} (event_id, buyer_id)
    SELECT ${eventId}, buyer_id FROM unnest(${arrayLiteral(buyerIds)}::uuid[]) AS buyer_id ORDER BY buyer_id
    ON CONFLICT (event_id, buyer_id) DO UPDATE SET buyer_id = excluded.buyer_id WHERE false`);
}

/** The seats that a batch locks. */
interface SeatsToLock {
  readonly seats: readonly number[];
  /** Bookings whose seats are locked. */
  readonly bookingIds: readonly string[];
  /** Those of the seats that may be held by an overdue booking, whose other seats are then locked, too. */
  readonly contested: readonly number[];
}

/**
 * Locks seats by index: the given ones, those of bookings, and those of bookings past their stored deadline that have a
 * contested seat. The sweeper sets `skipLocked` to skip seats that another transaction has locked.
 */
export async function lockSeats(
  tx: Tx,
  tables: EventTables,
  eventId: number,
  { seats, bookingIds, contested }: SeatsToLock,
  skipLocked: boolean,
): Promise<Map<number, Seat>> {
  type Row = {
    seat_index: number;
    tier_index: number;
    status: SeatStatus;
    current_booking_id: string | null;
  };
  // guard: seat-lock
  const wanted = sql`SELECT seat_index, tier_index, status, current_booking_id FROM ${tables.eventSeats}
    WHERE event_id = ${thisEvent(eventId)} AND seat_index = ANY(${arrayLiteral(seats)}::int[] || ARRAY(
      SELECT bs.seat_index FROM ${tables.bookingSeats} bs
      WHERE bs.event_id = ${thisEvent(eventId)} AND bs.booking_id = ANY(${arrayLiteral(bookingIds)}::uuid[] || ARRAY(
        SELECT b.id FROM ${tables.eventSeats} s CROSS JOIN LATERAL (
          SELECT id, status, hold_expires_at, takeover_delay_ms FROM ${tables.bookings}
          WHERE event_id = s.event_id AND id = s.current_booking_id OFFSET 0) b
        WHERE s.event_id = ${thisEvent(eventId)} AND s.seat_index = ANY(${arrayLiteral(contested)}::int[])
          AND b.status = 'HOLD'
          AND b.hold_expires_at + b.takeover_delay_ms * interval '1 ms' <= clock_timestamp()))))
    ORDER BY seat_index FOR UPDATE`;
  const rows = skipLocked
    ? await tx.$queryRaw<Row[]>(sql`/* lockSeatsSkipLocked */ ${wanted} SKIP LOCKED`)
    : await tx.$queryRaw<Row[]>(sql`/* lockSeats */ ${wanted}`);
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
 * Reads bookings, idempotency keys and the clock under the locks. `now()` would be the time of BEGIN, and a clock read by the
 * locking statement the time before its wait. The statement is planned on every call (see db.ts): a plan made while the event
 * had no bookings must not be reused.
 */
export async function readLocked(
  tx: Tx,
  tables: EventTables,
  eventId: number,
  wanted: {
    readonly bookingIds: readonly string[];
    readonly buyerIds: readonly string[];
    readonly keys: readonly (Key & { readonly buyerId: string })[];
    /** Buyers whose admission matters; empty if the event's waiting room is off. */
    readonly admittedIds: readonly string[];
  },
): Promise<{
  readonly clockMs: number;
  readonly bookings: Map<string, BookingRecord>;
  readonly keys: UsedKey[];
  readonly revokedBuyers: readonly string[];
}> {
  // guard: clock-after-lock
  const [row] = await tx.$queryRaw<
    {
      clock_ms: number;
      bookings: BookingRow[] | null;
      keys: [string, UsedKey['operation'], string, string, string][] | null;
      revoked: string[] | null;
    }[]
  >(sql`/* readLocked */ ${plannedEachTime}
    WITH used AS MATERIALIZED (
      SELECT k.* FROM unnest(${arrayLiteral(wanted.keys.map((key) => key.buyerId))}::uuid[], ${arrayLiteral(wanted.keys.map((key) => key.operation))}::text[],
                             ${arrayLiteral(wanted.keys.map((key) => key.keyHash))}::text[]) AS w(buyer_id, operation, key_hash)
      CROSS JOIN LATERAL (
        SELECT k.buyer_id, k.operation, w.key_hash, encode(k.input_hash, 'hex') AS input_hash, k.booking_id
        FROM ${tables.idempotencyKeys} k WHERE k.event_id = ${thisEvent(eventId)} AND k.buyer_id = w.buyer_id
          AND k.operation = w.operation AND k.key_hash = decode(w.key_hash, 'hex') OFFSET 0) AS k
    ), wanted AS (
      SELECT unnest(${arrayLiteral(wanted.bookingIds)}::uuid[]) AS id
      UNION SELECT booking_id FROM used
      UNION SELECT b.id FROM unnest(${arrayLiteral(wanted.buyerIds)}::uuid[]) AS w(buyer_id) CROSS JOIN LATERAL (
        SELECT b.id FROM ${tables.bookings} b
        WHERE b.event_id = ${thisEvent(eventId)} AND b.buyer_id = w.buyer_id AND b.status IN ('HOLD', 'CONFIRMED') OFFSET 0) AS b
    )
    SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS clock_ms,
      (SELECT json_agg(b.row) FROM wanted w CROSS JOIN LATERAL (
         SELECT json_build_array(b.id, b.buyer_id, b.status,
                  ARRAY(SELECT bs.seat_index FROM ${tables.bookingSeats} bs WHERE bs.event_id = b.event_id AND bs.booking_id = b.id ORDER BY 1),
                  b.total_amount, extract(epoch FROM b.created_at) * 1000, extract(epoch FROM b.hold_expires_at) * 1000,
                  extract(epoch FROM b.extended_at) * 1000, extract(epoch FROM b.confirmed_at) * 1000, extract(epoch FROM b.ended_at) * 1000,
                  b.takeover_delay_ms) AS row
         FROM ${tables.bookings} b WHERE b.event_id = ${thisEvent(eventId)} AND b.id = w.id OFFSET 0) AS b) AS bookings,
      (SELECT json_agg(json_build_array(buyer_id, operation, key_hash, input_hash, booking_id)) FROM used) AS keys,
      ARRAY(SELECT b.buyer_id::text FROM ${tables.eventBuyers} b
            WHERE b.event_id = ${thisEvent(eventId)} AND b.buyer_id = ANY(${arrayLiteral(wanted.admittedIds)}::uuid[])
              AND b.admission_revoked_at IS NOT NULL) AS revoked`);
  if (row === undefined) throw new Error('readLocked returned no row');
  return {
    clockMs: row.clock_ms,
    bookings: new Map((row.bookings ?? []).map((booking) => [booking[0], parseBooking(eventId, booking)])),
    keys: (row.keys ?? []).map(([buyerId, operation, keyHash, inputHash, bookingId]) => ({
      buyerId,
      operation,
      keyHash,
      inputHash,
      bookingId,
    })),
    revokedBuyers: row.revoked ?? [],
  };
}

/** A booking as readLocked returns it: `[id, buyer, status, seats, total, created, expires, extended, confirmed, ended, delay]`, times in ms. */
type BookingRow = readonly [
  string,
  string,
  BookingStatus,
  readonly number[],
  number,
  number,
  number,
  number | null,
  number | null,
  number | null,
  number,
];

function parseBooking(eventId: number, row: BookingRow): BookingRecord {
  const [
    id,
    buyerId,
    status,
    seats,
    totalAmount,
    createdAtMs,
    holdExpiresAtMs,
    extendedAtMs,
    confirmedAtMs,
    endedAtMs,
    takeoverDelayMs,
  ] = row;
  return {
    eventId,
    id,
    buyerId,
    status,
    seats,
    totalAmount,
    createdAtMs,
    holdExpiresAtMs,
    takeoverDelayMs,
    extendedAtMs,
    confirmedAtMs,
    endedAtMs,
  };
}
