import { randomUUID } from 'node:crypto';
import { generateStadium } from '../../../prisma/plans/stadium.ts';
import { storeEvent } from '../../../src/catalog/events/create-event.ts';
import { importVenue } from '../../../src/catalog/venues/import-venue.ts';
import type { AppContext } from '../../../src/main/context.ts';
import { sql, type PrismaClient } from '../../../src/platform/database/db.ts';
import type { Arena } from '../arena.ts';

/** A stadium of 80,000 seats with one event per kind of request. */
export interface BlocksHall {
  readonly app: AppContext;
  readonly venueId: number;
  readonly organizerToken: string;
  readonly categories: readonly string[];
  /** Event with all seats free. */
  readonly free: number;
  /** Event with all seats free, whose rule forbids orphan seats. */
  readonly orphans: number;
  /** Event with every sixteenth seat free, so that no two are adjacent. */
  readonly almostFull: number;
  /** Event with 10,000 recorded versions of two seats each. */
  readonly recorded: number;
  /** Returns the plan of the stadium as JSON, with a different name each time. */
  freshPlan(): string;
  buyerToken(): Promise<string>;
}

export const RECORDED_VERSIONS = 10_000;

export async function createBlocksHall(
  app: AppContext,
  { db: patient }: Pick<Arena, 'db'>,
): Promise<BlocksHall> {
  const db = app.database.worker;
  const plan = generateStadium();
  const freshPlan = () => JSON.stringify({ ...plan, name: `Stadium ${randomUUID()}` });
  const organizerId = randomUUID();
  const organizer = await app.identity.issue({ userId: organizerId, role: 'ORGANIZER' });
  const { venueId } = await importVenue({ db }, { organizerId, planJson: freshPlan(), timeZone: 'UTC' });
  const categories = plan.categories.map(({ name }) => name);
  const event = (name: string, orphanRule: 'ALLOW' | 'FORBID') =>
    storeEvent(
      { db },
      {
        organizerId,
        venueId,
        name,
        status: 'ON_SALE',
        startsAt: new Date(Date.now() + 30 * 86_400_000),
        onSaleAt: new Date(Date.now() - 3_600_000),
        seatLimit: 100,
        holdTtlSeconds: 600,
        currency: 'EUR',
        orphanRule,
        priceTiers: categories.map((category, i) => ({ category, name: null, amount: 20_000 - i * 1_000 })),
      },
    );
  const events = {
    free: await event('All free', 'ALLOW'),
    orphans: await event('None left alone', 'FORBID'),
    almostFull: await event('Almost full', 'ALLOW'),
    recorded: await event('Much changed', 'ALLOW'),
  };
  await fill(patient, events.almostFull);
  await record(patient, events.recorded);
  await patient.$executeRawUnsafe('VACUUM ANALYZE');
  return {
    app,
    venueId,
    organizerToken: organizer.token,
    categories,
    ...events,
    freshPlan,
    buyerToken: async () => (await app.identity.startGuestSession()).token,
  };
}

async function fill(db: PrismaClient, eventId: number): Promise<void> {
  const blocked = await db.$executeRaw(sql`UPDATE event_seats SET status = 'BLOCKED'
    WHERE event_id = ${eventId} AND seat_index % 16 <> 0`);
  await db.$executeRaw(sql`UPDATE events SET seats_blocked = ${blocked} WHERE id = ${eventId}`);
}

/** Records alternating blocks and unblocks of two seats. */
async function record(db: PrismaClient, eventId: number): Promise<void> {
  const nobody = '00000000-0000-0000-0000-000000000000';
  await db.$executeRaw(sql`INSERT INTO event_changes
      (event_id, version, batch_id, previous_batch_id, committed_at, step_seats, step_from, step_to, step_bookings, booking_ids, booking_statuses)
    SELECT ${eventId}, v, md5('batch ' || v)::uuid, md5('batch ' || (v - 1))::uuid, now(), ARRAY[v * 7 % 80000, v * 7 % 80000 + 1],
      array_fill((CASE v % 2 WHEN 1 THEN 'AVAILABLE' ELSE 'BLOCKED' END)::seat_status, ARRAY[2]),
      array_fill((CASE v % 2 WHEN 1 THEN 'BLOCKED' ELSE 'AVAILABLE' END)::seat_status, ARRAY[2]),
      array_fill(${nobody}::uuid, ARRAY[2]), '{}', '{}'
    FROM generate_series(1, ${RECORDED_VERSIONS}::int) AS v`);
  await db.$executeRaw(
    sql`UPDATE events SET seat_version = ${RECORDED_VERSIONS}, batch_id = md5('batch ' || ${RECORDED_VERSIONS}::int)::uuid WHERE id = ${eventId}`,
  );
}
