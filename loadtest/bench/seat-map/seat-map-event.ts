import { sql, type PrismaClient } from '../../../src/platform/database/db.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { createHall } from '../../../test/support/hall.ts';

const ROWS = 160;
const SEATS_PER_ROW = 500;
const SEAT_MAP_SEATS = ROWS * SEATS_PER_ROW;

/** Number of first seats that stay free, so that the map can change during reads. */
export const FREE_SEATS = 6;

/**
 * Creates an event of 80,000 seats with random statuses, which compress worst. The seats refer to bookings that do not exist,
 * because `db` checks no foreign keys.
 */
export async function createSeatMapEvent(db: PrismaClient): Promise<number> {
  const { eventId } = await createHall(db, { rows: ROWS, seatsPerRow: SEATS_PER_ROW });
  await db.$executeRaw(sql`
    UPDATE event_seats SET status = chosen.status,
      current_booking_id = CASE WHEN chosen.status IN ('HELD', 'BOOKED') THEN gen_random_uuid() END
    FROM (SELECT i, (enum_range(NULL::seat_status))[1 + floor(random() * 4)::int] AS status
          FROM generate_series(${FREE_SEATS}::int, ${SEAT_MAP_SEATS - 1}::int) AS i) AS chosen
    WHERE event_id = ${eventId} AND seat_index = chosen.i`);
  await db.$executeRawUnsafe('VACUUM ANALYZE events, event_seats, venue_seats, price_tiers');
  return eventId;
}

export function seatMapPath(eventId: number): string {
  return `/events/${encodeEventId(eventId)}/seat-map`;
}
