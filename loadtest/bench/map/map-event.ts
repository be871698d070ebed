import { generateStadium } from '../../../prisma/plans/stadium.ts';
import { validateSeatingPlan } from '../../../src/catalog/seating-plan/parse-plan.ts';
import { storeVenue } from '../../../src/catalog/venues/import-venue.ts';
import { sql, type PrismaClient } from '../../../src/platform/database/db.ts';
import { createEventIn } from '../../../test/support/hall.ts';

const PRICES = [34_900, 18_900, 12_900, 8_900, 5_900, 3_500];
/** Parts of the seats that are sold and held. */
const BOOKED = 0.4;
const HELD = 0.03;

/** Creates an event in the example stadium of 80,000 seats, half sold. Seats refer to bookings that do not exist. */
export async function createMapEvent(db: PrismaClient, organizerId: string): Promise<number> {
  const read = validateSeatingPlan(generateStadium());
  if (!read.ok) throw new Error('the plan of the stadium is invalid');
  const venueId = await storeVenue({ db }, { organizerId, timeZone: 'UTC' }, read.plan);
  const eventId = await createEventIn(db, venueId, read.plan.seats.length, organizerId, {
    name: 'Cup Final',
    seatLimit: 10,
    holdTtlMs: 3_600_000,
    tiers: PRICES.map((amount, index) => ({ name: `Category ${index + 1}`, amount })),
  });
  await db.$executeRaw(sql`
    UPDATE event_seats SET status = chosen.status::seat_status, current_booking_id = gen_random_uuid()
    FROM (SELECT i, CASE WHEN r < ${BOOKED}::float THEN 'BOOKED' ELSE 'HELD' END AS status
          FROM (SELECT i, random() AS r FROM generate_series(0, ${read.plan.seats.length - 1}::int) AS i) AS drawn
          WHERE r < ${BOOKED + HELD}::float) AS chosen
    WHERE event_id = ${eventId} AND seat_index = chosen.i`);
  await db.$executeRawUnsafe('VACUUM ANALYZE events, event_seats, venue_seats, price_tiers');
  return eventId;
}
