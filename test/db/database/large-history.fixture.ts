import pg from 'pg';
import { connectDatabase, type PrismaClient } from '../../../src/platform/database/db.ts';
import { silent } from '../../support/booking.ts';
import { createHall } from '../../support/hall.ts';

export const HOLDS = 25_000;
/** 25 holds each; the planner expects ten. */
export const VERSIONS = HOLDS / 25;
/** Number of versions that were committed seconds ago; the others an hour ago. */
export const RECENT = 100;
/** Number of holds that a test lets expire. */
export const OVERDUE = 2_500;
const OTHER_EVENTS = 5_000;

const booking = (seat: string) => `md5('booking ' || ${seat})::uuid`;
const buyer = (seat: string) => `md5('buyer ' || ${seat})::uuid`;
const batch = (version: string) => `md5('batch ' || ${version})::uuid`;

/** Returns the ID of the batch that created a version. */
export async function getBatchId(db: PrismaClient, version: number): Promise<string> {
  const change = await db.eventChange.findFirstOrThrow({ where: { version } });
  return change.batchId;
}

/**
 * Creates an event whose seats are all held, each by its own buyer and with a key, as batches would leave it. Gathers no
 * statistics. Returns the event's ID.
 */
export async function makeHistory(url: string): Promise<number> {
  const database = connectDatabase(url, silent);
  const { eventId } = await createHall(database.worker, { rows: 250, seatsPerRow: HOLDS / 250 });
  await database.close();
  await run(url, statementsFor(eventId));
  return eventId;
}

/** Creates many other events without seats. */
export async function makeOtherEvents(url: string, eventId: number): Promise<void> {
  await run(url, [
    `INSERT INTO events (organizer_id, venue_id, name, starts_at, on_sale_at, currency, seat_limit, seats_total, sale_ends_at, cancelable_until)
     SELECT organizer_id, venue_id, name, starts_at, on_sale_at, currency, seat_limit, 0, sale_ends_at, cancelable_until
     FROM events, generate_series(1, ${OTHER_EVENTS}) WHERE id = ${eventId}`,
  ]);
}

async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

function statementsFor(eventId: number): readonly string[] {
  const eachHold = `generate_series(0, ${HOLDS - 1}) AS i`;
  return [
    `INSERT INTO bookings (event_id, id, buyer_id, status, seat_count, total_amount, created_at, hold_expires_at)
     SELECT ${eventId}, ${booking('i')}, ${buyer('i')}, 'HOLD', 1, 4900, now(), now() + interval '1 hour' FROM ${eachHold}`,
    `INSERT INTO booking_seats SELECT ${eventId}, ${booking('i')}, i, 'HOLD' FROM ${eachHold}`,
    `INSERT INTO event_buyers SELECT ${eventId}, ${buyer('i')} FROM ${eachHold}`,
    `INSERT INTO idempotency_keys
     SELECT ${eventId}, ${buyer('i')}, 'holdSeats', sha256(i::text::bytea), '\\x00', ${booking('i')}, now() FROM ${eachHold}`,
    `UPDATE event_seats SET status = 'HELD', current_booking_id = ${booking('seat_index')} WHERE event_id = ${eventId}`,
    `INSERT INTO event_changes (event_id, version, batch_id, previous_batch_id, committed_at, step_seats, step_from, step_to,
       step_bookings, booking_ids, booking_statuses)
     SELECT ${eventId}, v, ${batch('v')}, ${batch('(v - 1)')},
       now() - CASE WHEN v > ${VERSIONS - RECENT} THEN interval '10 seconds' ELSE interval '1 hour' END,
       array_agg(i ORDER BY i), array_agg('AVAILABLE'::seat_status), array_agg('HELD'::seat_status),
       array_agg(${booking('i')} ORDER BY i), array_agg(${booking('i')} ORDER BY i), array_agg('HOLD'::booking_status)
     FROM ${eachHold}, LATERAL (SELECT i / ${HOLDS / VERSIONS} + 1 AS v) AS version GROUP BY v`,
    `UPDATE events SET seat_version = ${VERSIONS}, batch_id = ${batch(String(VERSIONS))}, seats_held = ${HOLDS}
     WHERE id = ${eventId}`,
  ];
}
