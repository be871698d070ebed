import { plannedEachTime, sql, type PrismaClient, type Tx } from '../../platform/database/db.ts';
import { holdDeadline } from '../../platform/service/outages.sql.ts';
import type { SeatsChanged, SeatStatusCode, SeatVersion } from '../../messaging/messages.ts';
import { packDigits, type PackedSeatMap } from './seat-map.ts';

/**
 * Reads the maps of several events in one statement, so that the version and the states of each belong together. Events that
 * do not exist are left out.
 */
export async function readSeatMaps(
  db: PrismaClient | Tx,
  eventIds: readonly number[],
): Promise<ReadonlyMap<number, PackedSeatMap>> {
  const rows = await db.$queryRaw<
    { id: number; version: number; batch_id: string; digits: string | null }[]
  >(sql`/* readSeatMaps */ ${plannedEachTime}
    SELECT e.id, e.seat_version AS version, e.batch_id::text,
      (SELECT string_agg(CASE s.status WHEN 'AVAILABLE' THEN '0' WHEN 'HELD' THEN '1' WHEN 'BOOKED' THEN '2' ELSE '3' END,
                         '' ORDER BY s.seat_index)
       FROM event_seats s WHERE s.event_id = e.id) AS digits
    FROM events e WHERE e.id = ANY(${eventIds}::int[])`);
  return new Map(
    rows.map((row) => [
      row.id,
      { version: row.version, batchId: row.batch_id, states: packDigits(row.digits ?? '') },
    ]),
  );
}

/** Reads one map, as `readSeatMaps` does. Returns null if the event does not exist. */
export async function readSeatMap(db: PrismaClient | Tx, eventId: number): Promise<PackedSeatMap | null> {
  return (await readSeatMaps(db, [eventId])).get(eventId) ?? null;
}

/** Reads the versions of events, including drafts. */
export async function readVersions(
  db: PrismaClient,
  eventIds: readonly number[],
): Promise<Map<number, SeatVersion>> {
  const rows = await db.$queryRaw<
    { id: number; seat_version: number; batch_id: string }[]
  >(sql`/* readVersions */ ${plannedEachTime}
    SELECT id, seat_version, batch_id::text FROM events WHERE id = ANY(${eventIds}::int[])`);
  return new Map(rows.map((row) => [row.id, { version: row.seat_version, batchId: row.batch_id }]));
}

/** The version of an event, and what its page does with it. */
export interface PublicSeats extends SeatVersion {
  /** True if buyers see the map at once: the sale has started, and there is no waiting room before it. */
  readonly isOnSale: boolean;
}

/** Reads the version of an event as everybody may see it. Returns null for a draft, and if the event does not exist. */
export async function readPublicVersion(db: PrismaClient, eventId: number): Promise<PublicSeats | null> {
  const [row] = await db.$queryRaw<
    { version: number; batch_id: string; is_on_sale: boolean }[]
  >(sql`/* readPublicVersion */ ${plannedEachTime}
    SELECT seat_version AS version, batch_id::text,
      status = 'ON_SALE' AND now() BETWEEN on_sale_at AND sale_ends_at
        AND NOT EXISTS (SELECT FROM waiting_rooms r WHERE r.event_id = events.id AND r.mode <> 'OFF') AS is_on_sale
    FROM events WHERE id = ${eventId} AND status <> 'DRAFT'`);
  return row === undefined ? null : { version: row.version, batchId: row.batch_id, isOnSale: row.is_on_sale };
}

/** Returns whether this version is part of the event's current history in the database. */
export async function isRecorded(
  db: PrismaClient,
  eventId: number,
  { version, batchId }: SeatVersion,
): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>(sql`/* isRecorded */ ${plannedEachTime}
    SELECT 1 FROM event_changes
    WHERE event_id = ${eventId}::int AND version = ${version}::int AND batch_id = ${batchId}::uuid`);
  return rows.length > 0;
}

/**
 * Reads at most `limit` recorded changes after a version, in order, as messages. If the record does not reach back to
 * `afterVersion`, the result is empty or begins later. It is also empty if the changes have more than `stepsMax` steps.
 */
export async function readChanges(
  db: PrismaClient,
  eventId: number,
  afterVersion: number,
  limit: number,
  stepsMax: number | null = null,
): Promise<SeatsChanged[]> {
  // guard: listed-steps-limit
  const rows = await db.$queryRaw<
    {
      version: number;
      batch_id: string;
      previous_batch_id: string;
      committed_at_ms: number;
      seats: [number, SeatStatusCode][];
      booking_ids: string[];
    }[]
  >(sql`/* readChanges */ ${plannedEachTime}
    WITH change AS MATERIALIZED (
      SELECT version, batch_id, previous_batch_id, committed_at, booking_ids, step_seats, step_to FROM event_changes
      WHERE event_id = ${eventId}::int AND version > ${afterVersion}::int ORDER BY version LIMIT ${limit}::int)
    SELECT c.version, c.batch_id::text, c.previous_batch_id::text, c.booking_ids,
      (extract(epoch FROM c.committed_at) * 1000)::float8 AS committed_at_ms,
      (SELECT coalesce(json_agg(json_build_array(step.seat, array_position(enum_range(NULL::seat_status), step.status) - 1)), '[]')
       FROM (SELECT DISTINCT ON (u.seat) u.seat, u.status
             FROM unnest(c.step_seats, c.step_to) WITH ORDINALITY AS u(seat, status, step) ORDER BY u.seat, u.step DESC) AS step) AS seats
    FROM change c
    WHERE (SELECT sum(cardinality(step_seats)) FROM change) <= ${stepsMax}::int OR ${stepsMax}::int IS NULL
    ORDER BY c.version`);
  return rows.map((row, i) => ({
    eventId,
    fromVersion: rows[i - 1]?.version ?? afterVersion,
    version: row.version,
    previousBatchId: row.previous_batch_id,
    batchId: row.batch_id,
    committedAtMs: row.committed_at_ms,
    seats: row.seats,
    bookingIds: row.booking_ids,
  }));
}

/** Recorded changes, merged. */
export interface MergedChanges {
  /** Number of versions that are recorded. */
  readonly versions: number;
  /** Each changed seat with its latest status. */
  readonly seats: readonly (readonly [number, SeatStatusCode])[];
}

/** Maximum size of merged changes. */
export interface MergedMax {
  readonly steps: number;
  readonly seats: number;
}

/**
 * Reads the recorded changes after `afterVersion` up to `version`, merged. Returns null if `version` is not recorded, or
 * if the changes exceed `max`. The statement counts the steps first and stops counting at the limit.
 */
export async function readMergedChanges(
  db: PrismaClient,
  eventId: number,
  afterVersion: number,
  version: number,
  max: MergedMax,
): Promise<MergedChanges | null> {
  // unnest in the SELECT list costs half as much per row as in FROM.
  // guard: resume-steps-limit
  const [row] = await db.$queryRaw<
    { versions: number; seats: string }[]
  >(sql`/* readMergedChanges */ ${plannedEachTime}
    WITH change AS NOT MATERIALIZED (
      SELECT c.version, c.step_seats, c.step_to FROM event_changes c
      WHERE c.event_id = ${eventId}::int AND c.version > ${afterVersion}::int AND c.version <= ${version}::int),
    size AS MATERIALIZED (
      SELECT counted.versions, counted.steps FROM (
        SELECT change.version, count(*) OVER so_far AS versions, sum(cardinality(change.step_seats)) OVER so_far AS steps
        FROM change WINDOW so_far AS (ORDER BY change.version ROWS UNBOUNDED PRECEDING)) AS counted
      WHERE counted.steps > ${max.steps}::int OR counted.version = ${version}::int
      ORDER BY counted.version LIMIT 1)
    SELECT size.versions::int AS versions,
      (SELECT coalesce(json_agg(json_build_array(latest.seat, array_position(enum_range(NULL::seat_status), latest.status) - 1)), '[]')::text
       FROM (SELECT DISTINCT ON (u.seat) u.seat, u.status
             FROM (SELECT change.version, unnest(change.step_seats) AS seat, unnest(change.step_to) AS status,
                          generate_series(1, cardinality(change.step_seats)) AS step FROM change) AS u
             ORDER BY u.seat, u.version DESC, u.step DESC LIMIT ${max.seats}::int + 1) AS latest) AS seats
    FROM size WHERE size.steps <= ${max.steps}::int`);
  if (row === undefined) return null;
  const seats = JSON.parse(row.seats) as [number, SeatStatusCode][];
  return seats.length > max.seats ? null : { versions: row.versions, seats }; // guard: resume-seats-limit
}

/** Returns one byte per seat, 1 if it can be held now: it is available, or its hold can be taken over. */
export async function readFreeSeats(
  db: PrismaClient,
  eventId: number,
  seatCount: number,
): Promise<Uint8Array> {
  // One digit per seat: Prisma takes ten times as long to read 80,000 numbers.
  // guard: best-available-takeover
  const [row] = await db.$queryRaw<{ digits: string | null }[]>(sql`/* readFreeSeats */ ${plannedEachTime}
    SELECT string_agg(CASE WHEN s.status = 'AVAILABLE' OR s.current_booking_id IN (
        SELECT b.id FROM bookings b
        WHERE b.event_id = ${eventId} AND b.status = 'HOLD' AND b.hold_expires_at <= (SELECT clock_timestamp())
          AND ${holdDeadline(sql`b`)} + b.takeover_delay_ms * interval '1 ms' <= (SELECT clock_timestamp()))
      THEN '1' ELSE '0' END, '' ORDER BY s.seat_index) AS digits
    FROM event_seats s WHERE s.event_id = ${eventId}`);
  const digits = row?.digits ?? '';
  const free = new Uint8Array(seatCount);
  for (let seat = 0; seat < seatCount; seat++) if (digits[seat] === '1') free[seat] = 1;
  return free;
}
