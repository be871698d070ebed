import { sql, type PrismaClient } from '../../../platform/database/db.ts';

export interface EventOnSale {
  readonly id: number;
  readonly name: string;
  readonly venue: string;
  readonly startsAt: Date;
  readonly available: number;
  readonly total: number;
}

/** Reads the next events on sale, for the home page. */
export function readEventsOnSale(db: PrismaClient, limit: number): Promise<EventOnSale[]> {
  // guard: home-page-sale-end
  return db.$queryRaw<EventOnSale[]>(sql`/* readEventsOnSale */
    SELECT e.id, e.name, v.name AS venue, e.starts_at AS "startsAt", e.seats_total AS total,
      e.seats_total - e.seats_held - e.seats_booked - e.seats_blocked AS available
    FROM events e JOIN venues v ON v.id = e.venue_id
    WHERE e.status = 'ON_SALE' AND e.on_sale_at <= now() AND e.sale_ends_at > now()
    ORDER BY e.starts_at, e.id LIMIT ${limit}`);
}

export interface ExampleSeats {
  readonly eventId: number;
  readonly seatIndexes: readonly number[];
}

/** Reads the first event on sale and two of its free seats that follow each other, for the examples of GraphiQL. */
export async function readExampleSeats(db: PrismaClient): Promise<ExampleSeats | null> {
  const [event] = await readEventsOnSale(db, 1);
  if (event === undefined) return null;
  const rows = await db.$queryRaw<{ seat_index: number }[]>(sql`/* readExampleSeats */
    SELECT a.seat_index FROM event_seats a
      JOIN event_seats b ON b.event_id = a.event_id AND b.seat_index = a.seat_index + 1 AND b.status = 'AVAILABLE'
    WHERE a.event_id = ${event.id} AND a.status = 'AVAILABLE' ORDER BY a.seat_index LIMIT 1`);
  const first = rows[0]?.seat_index;
  return { eventId: event.id, seatIndexes: first === undefined ? [] : [first, first + 1] };
}
