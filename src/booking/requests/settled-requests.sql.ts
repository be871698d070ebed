import type { Booking } from '../../generated/prisma/client.ts';
import { sql, type PrismaClient, type Sql, type Tx } from '../../platform/database/db.ts';
import type { Refusal } from '../rules/model.ts';
import type { RequestOutcome, SettledRequest } from '../rules/model.ts';

export type BookingRow = Booking;

const holdRequests = sql`hold_requests`;

interface Row {
  readonly id: string;
  readonly buyer_id: string;
  readonly input_hash: string;
  readonly status: RequestOutcome['status'];
  readonly booking_id: string | null;
  readonly refusal: Refusal | null;
}

/** Reads the outcomes of those of the requests that are settled. */
export async function readSettledRequests(
  db: PrismaClient | Tx,
  eventId: number,
  requestIds: readonly string[],
  table: Sql = holdRequests,
): Promise<readonly SettledRequest[]> {
  const rows = await db.$queryRaw<Row[]>(sql`/* readSettledRequests */
    SELECT r.id, r.buyer_id, encode(r.input_hash, 'hex') AS input_hash, r.status::text AS status, r.booking_id, r.refusal
    FROM unnest(${requestIds}::uuid[]) AS w(id) CROSS JOIN LATERAL (
      SELECT * FROM ${table} h WHERE h.event_id = ${eventId}::int AND h.id = w.id OFFSET 0) AS r`);
  return rows.map((row) => ({
    requestId: row.id,
    buyerId: row.buyer_id,
    inputHash: row.input_hash,
    outcome: toOutcome(row),
  }));
}

/** Reads the bookings that requests have made. */
export async function readRequestedBookings(
  db: PrismaClient,
  eventId: number,
  bookingIds: readonly string[],
): Promise<readonly Booking[]> {
  return db.$queryRaw(sql`/* readRequestedBookings */
    SELECT b.* FROM unnest(${bookingIds}::uuid[]) AS w(id) CROSS JOIN LATERAL (
      SELECT event_id AS "eventId", id, buyer_id AS "buyerId", status, seat_count AS "seatCount", total_amount AS "totalAmount",
        created_at AS "createdAt", hold_expires_at AS "holdExpiresAt", takeover_delay_ms AS "takeoverDelayMs",
        extended_at AS "extendedAt", confirmed_at AS "confirmedAt", ended_at AS "endedAt"
      FROM bookings WHERE event_id = ${eventId}::int AND id = w.id OFFSET 0) AS b`);
}

/** Returns the holds that these requests have made, and that still stand. */
export async function readStandingHolds(
  db: PrismaClient,
  eventId: number,
  requestIds: readonly string[],
): Promise<readonly { readonly buyerId: string; readonly holdExpiresAtMs: number }[]> {
  return db.$queryRaw(sql`/* readStandingHolds */
    SELECT b.buyer_id::text AS "buyerId", (extract(epoch FROM b.hold_expires_at) * 1000)::float8 AS "holdExpiresAtMs"
    FROM hold_requests r JOIN bookings b ON b.event_id = r.event_id AND b.id = r.booking_id
    WHERE r.event_id = ${eventId} AND r.id = ANY(${requestIds}::uuid[]) AND b.status = 'HOLD'`);
}

function toOutcome({ status, booking_id: bookingId, refusal }: Row): RequestOutcome {
  if (status === 'DONE' && bookingId !== null) return { status, bookingId };
  if (status === 'REFUSED' && refusal !== null) return { status, refusal };
  return { status: 'EXPIRED' };
}

/**
 * Stores outcomes, which are final: a request that is settled already stays as it is.
 *
 * @returns the number of requests that were not settled before.
 */
export async function insertSettledRequests(
  db: PrismaClient | Tx,
  eventId: number,
  settled: readonly SettledRequest[],
  table: Sql = holdRequests,
): Promise<number> {
  const outcomes = settled.map(({ outcome }) => outcome);
  return db.$executeRaw(sql`/* insertSettledRequests */
    INSERT INTO ${table} (event_id, id, buyer_id, input_hash, status, booking_id, refusal)
    SELECT ${eventId}::int, u.id, u.buyer_id, decode(u.input_hash, 'hex'), u.status::hold_request_status, u.booking_id, u.refusal
    FROM unnest(${settled.map(({ requestId }) => requestId)}::uuid[], ${settled.map(({ buyerId }) => buyerId)}::uuid[],
                ${settled.map(({ inputHash }) => inputHash)}::text[], ${outcomes.map(({ status }) => status)}::text[],
                ${outcomes.map((outcome) => (outcome.status === 'DONE' ? outcome.bookingId : null))}::uuid[],
                ${outcomes.map((outcome) => (outcome.status === 'REFUSED' ? JSON.stringify(outcome.refusal) : null))}::jsonb[])
      AS u(id, buyer_id, input_hash, status, booking_id, refusal)
    ON CONFLICT (event_id, id) DO NOTHING`);
}
