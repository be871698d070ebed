import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../src/generated/prisma/client.ts';
import { sql } from '../../src/platform/database/db.ts';
import { createEventIn, createHall, type Hall } from '../../test/support/hall.ts';

/** Seats of the event that is measured: a stadium. */
export const SEATS = 100_000;
const SEATS_PER_ROW = 500;

export interface Arena extends AsyncDisposable {
  /** Without the product's timeouts: to prepare and to check. */
  readonly db: PrismaClient;
  /** An event with every seat free, and no other event, booking or record in the database. */
  freshEvent(): Promise<number>;
}

/** A venue of 100,000 seats. Each measurement gets an event of its own in it, so that each finds the same tables. */
export async function createArena(databaseUrl: string): Promise<Arena> {
  // Foreign keys are left out while the hall is made, for it is right; whoever is measured has them all.
  const options = '-c session_replication_role=replica';
  const db = new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl, options, max: 1 }) });
  const hall: Hall = await createHall(db, { rows: SEATS / SEATS_PER_ROW, seatsPerRow: SEATS_PER_ROW });
  return {
    db,
    async freshEvent() {
      await db.$executeRaw(sql`TRUNCATE organizer_keys, event_seats, booking_seats, bookings, event_changes, event_buyers,
        idempotency_keys, price_tiers, events`);
      const eventId = await createEventIn(db, hall.venueId, SEATS, hall.organizerId, {
        holdTtlMs: 3_600_000,
      });
      // As on an evening of sale: statistics and visibility map are there, and a checkpoint is not about to begin.
      await db.$executeRawUnsafe('VACUUM ANALYZE events, event_seats, price_tiers');
      await db.$executeRawUnsafe('CHECKPOINT');
      return eventId;
    },
    [Symbol.asyncDispose]: () => db.$disconnect(),
  };
}

/**
 * @throws where the database does not say exactly what the callers were told: so many successes, so many seats held,
 *   each by one booking.
 */
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
