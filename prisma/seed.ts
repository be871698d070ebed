import pg from 'pg';
import type { CatalogContext } from '../src/catalog/catalog-transaction.ts';
import { storeEvent } from '../src/catalog/events/create-event.ts';
import { storeVenue } from '../src/catalog/venues/import-venue.ts';
import { connectDatabase, sql, type PrismaClient } from '../src/platform/database/db.ts';
import { createLogger } from '../src/platform/observability/logger.ts';
import { DEMO_ORGANIZER_ID, rememberDemoOrganizer } from './seed/demo-organizer.ts';
import { exampleEvents, type ExampleEvent } from './seed/example-events.ts';
import { exampleVenues, planOf, type ExampleVenue } from './seed/example-venues.ts';

export interface SeedOptions {
  readonly databaseUrl: string;
  /** Gets a line for each step that did something, with its time. */
  readonly log?: (line: string) => void;
}

type Log = (line: string) => void;

/** Whoever seeds a database holds this advisory lock: a second one waits, and then finds everything there. */
const SEED_LOCK = 5_373_311;
const DAY_MS = 86_400_000;
const EVENING_HOUR_UTC = 18;
/** All example halls are in Thuringia. */
const TIME_ZONE = 'Europe/Berlin';

/**
 * Adds the example venues and events that are not there yet, and moves the dates of those that are: they count from
 * today. What a venue or an event has become otherwise (a status, sold seats) stays as it is. Needs the migrations, and
 * takes some seconds for 120,000 seats of events; a moment when all is there.
 */
export async function seed({ databaseUrl, log = () => {} }: SeedOptions): Promise<void> {
  // A plain session: it has none of the timeouts that those of booking have, and the lock goes when it ends.
  const session = new pg.Client({ connectionString: databaseUrl, application_name: 'sellout seed' });
  await session.connect();
  const database = connectDatabase(databaseUrl, createLogger('warn'), { batches: 1, reads: 1, worker: 1 });
  try {
    await session.query('SELECT pg_advisory_lock($1)', [SEED_LOCK]);
    if (!(await seedVenues(database.worker, log))) return;
    // Else the first minutes would be planned for empty tables.
    await timed(log, 'Statistics', () =>
      session.query('VACUUM (ANALYZE) users, venues, venue_seats, events, price_tiers, event_seats'),
    );
  } finally {
    await database.close();
    await session.end();
  }
}

/** Whether anything was missing. */
async function seedVenues(db: PrismaClient, log: Log): Promise<boolean> {
  await rememberDemoOrganizer(db);
  const moved = await moveDates(db);
  if (moved > 0) log(`Dates of ${moved} events moved to count from today`);
  await moveVenues(db);
  const missing = await missingEvents(db);
  for (const venue of exampleVenues) {
    const events = missing.filter((event) => event.venue === venue);
    if (events.length > 0) await seedVenue({ db }, venue, events, log);
  }
  return missing.length > 0;
}

async function seedVenue(
  ctx: CatalogContext,
  venue: ExampleVenue,
  events: readonly ExampleEvent[],
  log: Log,
): Promise<void> {
  const plan = await timed(log, `${venue}: plan`, () => planOf(venue));
  const seatCount = plan.seats.length.toLocaleString('en');
  const venueId = await timed(log, `${venue}: ${seatCount} seats`, () =>
    storeVenue(ctx, { organizerId: DEMO_ORGANIZER_ID, timeZone: TIME_ZONE }, plan),
  );
  for (const event of events) {
    await timed(log, `${venue}: ${event.name}`, () => storeEvent(ctx, newEvent(venueId, event)));
  }
}

/** Known by the names of the venue and the event: the dates of each seeding are others. */
async function missingEvents(db: PrismaClient): Promise<ExampleEvent[]> {
  const rows = await db.$queryRaw<{ venue: string; name: string }[]>(sql`/* readSeededEvents */
    SELECT v.name AS venue, e.name FROM events e JOIN venues v ON v.id = e.venue_id
    WHERE e.organizer_id = ${DEMO_ORGANIZER_ID}::uuid`);
  return exampleEvents.filter(
    ({ venue, name }) => !rows.some((row) => row.venue === venue && row.name === name),
  );
}

/**
 * Moves the dates of the example events, so that a start on old data still finds events on sale. Nothing is locked but
 * the events' rows. A batch that is under way meanwhile may go by the old dates.
 */
async function moveDates(db: PrismaClient): Promise<number> {
  const dates = exampleEvents.map((event) => ({ ...event, ...datesOf(event) }));
  return db.$executeRaw(sql`/* moveDates */
    UPDATE events e
    SET starts_at = d.starts_at, on_sale_at = d.on_sale_at, sale_ends_at = d.starts_at, cancelable_until = d.starts_at
    FROM unnest(${dates.map(({ venue }) => venue)}::text[], ${dates.map(({ name }) => name)}::text[],
                ${dates.map(({ startsAt }) => startsAt.toISOString())}::text[]::timestamptz[],
                ${dates.map(({ onSaleAt }) => onSaleAt.toISOString())}::text[]::timestamptz[])
           AS d(venue, name, starts_at, on_sale_at), venues v
    WHERE v.name = d.venue AND e.venue_id = v.id AND e.name = d.name AND e.organizer_id = ${DEMO_ORGANIZER_ID}::uuid
      AND (e.starts_at, e.on_sale_at) <> (d.starts_at, d.on_sale_at)`);
}

/** Gives their time zone to example venues that were imported before venues had one. */
async function moveVenues(db: PrismaClient): Promise<void> {
  await db.$executeRaw(sql`/* moveVenues */
    UPDATE venues SET time_zone = ${TIME_ZONE}
    WHERE organizer_id = ${DEMO_ORGANIZER_ID}::uuid AND name = ANY(${[...exampleVenues]}) AND time_zone = 'UTC'`);
}

function datesOf(event: ExampleEvent) {
  return { startsAt: evening(event.startsInDays), onSaleAt: evening(event.onSaleInDays) };
}

function newEvent(venueId: number, event: ExampleEvent) {
  const { name, status, seatLimit, prices } = event;
  const priceTiers = Object.entries(prices).map(([category, amount]) => ({ category, name: null, amount }));
  return {
    organizerId: DEMO_ORGANIZER_ID,
    venueId,
    name,
    status,
    seatLimit,
    priceTiers,
    ...datesOf(event),
    holdTtlSeconds: null,
    currency: 'EUR',
  };
}

function evening(inDays: number): Date {
  return new Date(new Date(Date.now() + inDays * DAY_MS).setUTCHours(EVENING_HOUR_UTC, 0, 0, 0));
}

async function timed<T>(log: Log, what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  log(`${what}, ${((performance.now() - startedAt) / 1000).toFixed(2)} s`);
  return result;
}
