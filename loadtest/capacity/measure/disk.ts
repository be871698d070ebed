import { sql, type PrismaClient } from '../../../src/platform/database/db.ts';
import type { MeasuredCosts } from '../inputs.ts';

/** Tables of which each hold writes rows. */
const TABLES = ['bookings', 'booking_seats', 'event_buyers', 'idempotency_keys', 'event_changes'] as const;

/** Measures the size of what is stored for each hold and for each seat of an event, with indexes, after bookings. */
export async function measureDisk(db: PrismaClient): Promise<MeasuredCosts> {
  const [row] = await db.$queryRaw<
    { hold_bytes: number; holds: number; seat_bytes: number; seats: number }[]
  >(sql`/* measureDisk */
    SELECT (SELECT sum(pg_total_relation_size(name::regclass))::float8 FROM unnest(${[...TABLES]}::text[]) AS name) AS hold_bytes,
      (SELECT count(*)::int FROM bookings) AS holds,
      pg_total_relation_size('event_seats')::float8 AS seat_bytes,
      (SELECT count(*)::int FROM event_seats) AS seats`);
  if (row === undefined) throw new Error('the database has no sizes');
  return { holdDiskBytes: row.hold_bytes / row.holds, seatDiskBytes: row.seat_bytes / row.seats };
}
