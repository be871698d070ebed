import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../src/generated/prisma/client.ts';
import { sql } from '../../src/platform/database/db.ts';
import { createEventIn, createHall, type Hall } from '../../test/support/hall.ts';

/** Number of seats of the measured event: a stadium. */
export const SEATS = 100_000;
const SEATS_PER_ROW = 500;

export interface Arena extends AsyncDisposable {
  /** Client without Sellout's timeouts, for preparations and checks. */
  readonly db: PrismaClient;
  /** Creates an event with all seats free, and deletes all other events and bookings. */
  freshEvent(): Promise<number>;
}

/** Creates a venue of 100,000 seats. Each measurement gets a new event in it, so that all start with equal tables. */
export async function createArena(databaseUrl: string): Promise<Arena> {
  // Skips foreign key checks during preparations. The measured sessions have all of them.
  const options = '-c session_replication_role=replica';
  const db = new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl, options, max: 1 }) });
  const hall: Hall = await createHall(db, { rows: SEATS / SEATS_PER_ROW, seatsPerRow: SEATS_PER_ROW });
  return {
    db,
    async freshEvent() {
      await db.$executeRaw(sql`TRUNCATE events, event_buyers, idempotency_keys CASCADE`);
      const eventId = await createEventIn(db, hall.venueId, SEATS, hall.organizerId, {
        holdTtlMs: 3_600_000,
      });
      // As in production, statistics and visibility map exist, and no checkpoint is imminent.
      await db.$executeRawUnsafe('VACUUM ANALYZE events, event_seats, price_tiers');
      await db.$executeRawUnsafe('CHECKPOINT');
      return eventId;
    },
    [Symbol.asyncDispose]: () => db.$disconnect(),
  };
}

/** @throws if the database does not contain exactly one booking and one held seat per successful response. */
export async function assertSold(db: PrismaClient, eventId: number, successes: number): Promise<void> {
  const [found] = await db.$queryRaw<
    { bookings: number; seats: number; claims: number; counted: number }[]
  >(sql`
    SELECT (SELECT count(*)::int FROM bookings WHERE event_id = e.id AND status = 'HOLD') AS bookings,
           (SELECT count(*)::int FROM event_seats WHERE event_id = e.id AND status = 'HELD') AS seats,
           (SELECT count(DISTINCT seat_index)::int FROM booking_seats WHERE event_id = e.id) AS claims,
           e.seats_held AS counted
    FROM events e WHERE e.id = ${eventId}`);
  for (const [what, count] of Object.entries(found ?? {})) {
    if (count !== successes)
      throw new Error(`${successes} holds succeeded, but the database has ${count} ${what}`);
  }
}
