import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../src/generated/prisma/client.ts';
import { sql } from '../../src/platform/database/db.ts';
import { createEventIn, createHall, type Hall } from '../../test/support/hall.ts';

/** Number of seats of the measured event: a stadium. */
export const SEATS = 100_000;
const SEATS_PER_ROW = 500;
/** The 2,000 buyers over HTTP can hold all seats, so that only the number of seats limits the length of a run. */
const SEAT_LIMIT = 50;

export interface Arena extends AsyncDisposable {
  /** Client without Sellout's timeouts, for preparations and checks. */
  readonly db: PrismaClient;
  /** Creates an event with all seats free, and deletes all other events and bookings. */
  freshEvent(): Promise<number>;
  /** Creates several of them. */
  freshEvents(count: number): Promise<readonly number[]>;
}

/** Creates a venue, of 100,000 seats by default. Each measurement gets new events in it, so that all start with equal tables. */
export async function createArena(databaseUrl: string, seats = SEATS): Promise<Arena> {
  // Skips foreign key checks during preparations. The measured sessions have all of them.
  const options = '-c session_replication_role=replica';
  const db = new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl, options, max: 1 }) });
  const hall: Hall = await createHall(db, { rows: seats / SEATS_PER_ROW, seatsPerRow: SEATS_PER_ROW });
  const { venueId, organizerId } = hall;
  async function freshEvents(count: number): Promise<readonly number[]> {
    await db.$executeRaw(sql`TRUNCATE events, bookings, event_buyers, idempotency_keys CASCADE`);
    const eventIds: number[] = [];
    while (eventIds.length < count)
      eventIds.push(
        await createEventIn(db, venueId, seats, organizerId, { holdTtlMs: 3_600_000, seatLimit: SEAT_LIMIT }),
      );
    // As in production, statistics and visibility map exist, and no checkpoint is imminent.
    await db.$executeRawUnsafe('VACUUM ANALYZE events, event_seats, price_tiers');
    await db.$executeRawUnsafe('CHECKPOINT');
    return eventIds;
  }
  return {
    db,
    freshEvents,
    async freshEvent() {
      const [eventId] = await freshEvents(1);
      if (eventId === undefined) throw new Error('no event was created');
      return eventId;
    },
    [Symbol.asyncDispose]: () => db.$disconnect(),
  };
}

/**
 * Compares the database with the successful responses: one booking and one held seat each. `isCounted` says whether the
 * event's counter must agree, too.
 *
 * @throws if they differ.
 */
export async function assertSold(
  db: PrismaClient,
  eventId: number,
  successes: number,
  isCounted = true,
): Promise<void> {
  const [found] = await db.$queryRaw<
    { bookings: number; seats: number; claims: number; counted: number }[]
  >(sql`
    SELECT (SELECT count(*)::int FROM bookings WHERE event_id = e.id AND status = 'HOLD') AS bookings,
           (SELECT count(*)::int FROM event_seats WHERE event_id = e.id AND status = 'HELD') AS seats,
           (SELECT count(DISTINCT seat_index)::int FROM booking_seats WHERE event_id = e.id) AS claims,
           CASE WHEN ${isCounted} THEN e.seats_held ELSE ${successes}::int END AS counted
    FROM events e WHERE e.id = ${eventId}`);
  for (const [what, count] of Object.entries(found ?? {})) {
    if (count !== successes)
      throw new Error(`${successes} holds succeeded, but the database has ${count} ${what}`);
  }
}
