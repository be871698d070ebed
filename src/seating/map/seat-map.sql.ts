import { plannedEachTime, sql, type PrismaClient, type Tx } from '../../platform/database/db.ts';
import type { SeatsChanged, SeatStatusCode, SeatVersion } from '../../messaging/messages.ts';
import { SeatStates } from './seat-states.ts';

export interface SeatMapSnapshot extends SeatVersion {
  readonly states: SeatStates;
}

/**
 * The maps of several events in one statement: of each, version and states belong together. Events that do not exist
 * are left out.
 */
export async function readSeatMaps(
  db: PrismaClient | Tx,
  eventIds: readonly number[],
): Promise<ReadonlyMap<number, SeatMapSnapshot>> {
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
      { version: row.version, batchId: row.batch_id, states: SeatStates.fromDigits(row.digits ?? '') },
    ]),
  );
}

/** As readSeatMaps. Null where there is no such event. */
export async function readSeatMap(db: PrismaClient | Tx, eventId: number): Promise<SeatMapSnapshot | null> {
  return (await readSeatMaps(db, [eventId])).get(eventId) ?? null;
}

/** The versions of events, for those who want to know whether they missed something. */
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

/** Whether this version is part of the event's history as the database has it now. */
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
 * The recorded changes after a version, in order, as messages. Empty, or with a gap after `afterVersion`, where the
 * record does not reach back that far; empty too where they have more than `stepsMax` steps together.
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
      seats: [number, SeatStatusCode][];
      booking_ids: string[];
    }[]
  >(sql`/* readChanges */ ${plannedEachTime}
    WITH change AS MATERIALIZED (
      SELECT version, batch_id, previous_batch_id, booking_ids, step_seats, step_to FROM event_changes
      WHERE event_id = ${eventId}::int AND version > ${afterVersion}::int ORDER BY version LIMIT ${limit}::int)
    SELECT c.version, c.batch_id::text, c.previous_batch_id::text, c.booking_ids,
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
    seats: row.seats,
    bookingIds: row.booking_ids,
  }));
}

/** What so many changes after a version come to. */
export interface ChangesTogether {
  /** How many versions are on record. */
  readonly versions: number;
  /** The latest status of each seat. */
  readonly seats: readonly (readonly [number, SeatStatusCode])[];
}

/** How much of the record may be read as one. */
export interface TogetherMax {
  readonly steps: number;
  readonly seats: number;
}

/**
 * The recorded changes after a version up to a later one, as one. Null where that one is not on record, and where there
 * are more of them than may be; they are counted first, and the counting ends there.
 */
export async function readChangesTogether(
  db: PrismaClient,
  eventId: number,
  afterVersion: number,
  version: number,
  max: TogetherMax,
): Promise<ChangesTogether | null> {
  // Arrays are unfolded in the list of columns: in FROM each row would cost twice as much.
  // guard: resume-steps-limit
  const [row] = await db.$queryRaw<
    { versions: number; seats: string }[]
  >(sql`/* readChangesTogether */ ${plannedEachTime}
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

/** One byte a seat of so many, 1 where it can be taken now: free, or the hold on it has run out. */
export async function readFreeSeats(
  db: PrismaClient,
  eventId: number,
  seatCount: number,
): Promise<Uint8Array> {
  // A digit a seat, for the client takes ten times as long to read a list of 80,000 numbers.
  const [row] = await db.$queryRaw<{ digits: string | null }[]>(sql`/* readFreeSeats */ ${plannedEachTime}
    SELECT string_agg(CASE WHEN s.status = 'AVAILABLE' OR s.current_booking_id IN (
        SELECT b.id FROM bookings b
        WHERE b.event_id = ${eventId} AND b.status = 'HOLD' AND b.hold_expires_at <= (SELECT clock_timestamp()))
      THEN '1' ELSE '0' END, '' ORDER BY s.seat_index) AS digits
    FROM event_seats s WHERE s.event_id = ${eventId}`);
  const digits = row?.digits ?? '';
  const free = new Uint8Array(seatCount);
  for (let seat = 0; seat < seatCount; seat++) if (digits[seat] === '1') free[seat] = 1;
  return free;
}
