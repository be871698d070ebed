import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addPartition } from '../../../scripts/partitions/add-partition.ts';
import { archivePartition } from '../../../scripts/partitions/archive-partition.ts';
import { readPartitions } from '../../../scripts/partitions/partitions.sql.ts';
import type { LockedMs } from '../../../scripts/partitions/session.ts';
import { readCatalog } from '../../../scripts/schema/catalog.sql.ts';
import { foldPartitions } from '../../../scripts/schema/fold-partitions.ts';
import { confirmBooking } from '../../../src/booking/operations/confirm-booking.ts';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { releaseBooking } from '../../../src/booking/operations/release-booking.ts';
import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import {
  assertInvariants,
  createBuyerId,
  startBookingProcess,
  type BookingProcess,
} from '../../support/booking.ts';
import { createEventIn, createHall, type Hall } from '../../support/hall.ts';
import { findPartition } from './partitions.fixture.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';

/*
 * Rehearses partitioning a filled database while it sells: makes today's tables the first partition, adds another one, and
 * archives the first. Buyers on two processes hold, confirm and release, and organizers create events, all the time.
 */

const SEATS = 2_000;
const OLD_EVENTS = 50;
const BUYERS = 12;

let database: TestDatabase;
let processes: readonly [BookingProcess, BookingProcess];
let client: pg.Client;
/** An event among the old ones. */
let hall: Hall;
/** The partition that gets the events that exist at the beginning. */
let firstNumber: number;

beforeAll(async () => {
  database = await createTestDatabase();
  processes = [startBookingProcess(database.url), startBookingProcess(database.url)];
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  hall = await createHall(processes[0].database.reads, { rows: SEATS / 50, seatsPerRow: 50 });
  await client.query(fill);
  firstNumber = (await readPartitions(client)).at(-1)?.number ?? 1;
});
afterAll(async () => {
  await Promise.all(processes.map((each) => each[Symbol.asyncDispose]()));
  await client.end();
  await database.drop();
});

/** Creates events that began two days ago and are sold out, with all that their bookings have left behind. */
const fill = `
  DO $$ DECLARE hall events; sold events; BEGIN
    SELECT * INTO hall FROM events;
    FOR i IN 1 .. ${OLD_EVENTS} LOOP
      INSERT INTO events (organizer_id, venue_id, name, starts_at, on_sale_at, sale_ends_at, cancelable_until, currency,
          seat_limit, seats_total, seats_booked, seat_version, status)
        SELECT hall.organizer_id, hall.venue_id, 'Sold out', begun, begun - interval '9 days', begun, begun, 'EUR', 6,
          ${SEATS}, ${SEATS}, 1, 'ON_SALE' FROM (SELECT now() - interval '2 days' AS begun) RETURNING * INTO sold;
      INSERT INTO price_tiers (event_id, tier_index, name, amount) VALUES (sold.id, 0, 'Standard', 4900);
      INSERT INTO bookings (event_id, id, buyer_id, status, seat_count, total_amount, created_at, hold_expires_at, confirmed_at)
        SELECT sold.id, gen_random_uuid(), gen_random_uuid(), 'CONFIRMED', 1, 4900, sold.starts_at - interval '2 days',
          sold.starts_at - interval '1 day', sold.starts_at - interval '2 days' FROM generate_series(1, ${SEATS});
      INSERT INTO event_seats (event_id, seat_index, venue_id, tier_index, status, current_booking_id)
        SELECT sold.id, row_number() OVER () - 1, hall.venue_id, 0, 'BOOKED', id FROM bookings WHERE event_id = sold.id;
      INSERT INTO booking_seats SELECT event_id, current_booking_id, seat_index, 'CONFIRMED' FROM event_seats WHERE event_id = sold.id;
      INSERT INTO event_buyers (event_id, buyer_id) SELECT event_id, buyer_id FROM bookings WHERE event_id = sold.id;
      INSERT INTO idempotency_keys (event_id, buyer_id, operation, key_hash, input_hash, booking_id, created_at)
        SELECT event_id, buyer_id, 'holdSeats', '', '', id, created_at FROM bookings WHERE event_id = sold.id;
      INSERT INTO event_changes (event_id, version, batch_id, previous_batch_id, committed_at, step_seats, step_from, step_to,
          step_bookings, booking_ids, booking_statuses)
        SELECT sold.id, 1, sold.batch_id, gen_random_uuid(), sold.starts_at - interval '2 days', seats || seats, available || held,
          held || booked, ids || ids, ids, confirmed
        FROM (SELECT array_agg(seat_index) AS seats, array_agg(current_booking_id) AS ids,
                array_agg('AVAILABLE'::seat_status) AS available, array_agg('HELD'::seat_status) AS held,
                array_agg('BOOKED'::seat_status) AS booked, array_agg('CONFIRMED'::booking_status) AS confirmed
              FROM event_seats WHERE event_id = sold.id) AS made;
    END LOOP;
  END $$`;

interface Traffic {
  /** Bookings and events that were made, and the longest time that one of their calls took. */
  readonly made: { bookings: number; events: number; longestMs: number };
  stop(): Promise<void>;
}

/** Starts buyers and an organizer, who go on until they are stopped. Any refusal fails the test. */
function startTraffic(at: Hall): Traffic {
  const made = { bookings: 0, events: 0, longestMs: 0 };
  let stopped = false;
  const timed = async <T>(call: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const result = await call();
    made.longestMs = Math.max(made.longestMs, performance.now() - startedAt);
    return result;
  };
  async function buy(buyer: number, newest: { eventId: number }): Promise<void> {
    const app = processes[buyer % 2 === 0 ? 0 : 1];
    for (let turn = 0; !stopped; turn++) {
      const buyerId = createBuyerId();
      const eventId = turn % 2 === 0 ? at.eventId : newest.eventId;
      const input = { eventId, buyerId, seats: [buyer], idempotencyKey: 'hold', onConflict: 'FAIL' } as const;
      const { id: bookingId } = await timed(() => holdSeats(app, input));
      await timed(() => releaseBooking(app, { eventId, bookingId, buyerId }));
      made.bookings++;
    }
  }
  async function organize(newest: { eventId: number }): Promise<void> {
    const app = processes[1];
    const { reads } = app.database;
    while (!stopped) {
      const eventId = await timed(() => createEventIn(reads, hall.venueId, SEATS, hall.organizerId));
      const buyerId = createBuyerId();
      const input = {
        eventId,
        buyerId,
        seats: [SEATS - 1],
        idempotencyKey: null,
        onConflict: 'FAIL',
      } as const;
      const { id: bookingId } = await timed(() => holdSeats(app, input));
      await timed(() => confirmBooking(app, { eventId, bookingId, buyerId, idempotencyKey: null }));
      await timed(() => readSeatMap(reads, eventId));
      newest.eventId = eventId;
      made.events++;
    }
  }
  const newest = { eventId: at.eventId };
  const all = Promise.all([
    organize(newest),
    ...Array.from({ length: BUYERS }, (_, buyer) => buy(buyer, newest)),
  ]);
  all.catch(() => (stopped = true));
  return {
    made,
    async stop() {
      stopped = true;
      await all;
    },
  };
}

const steps: readonly [string, () => Promise<{ readonly lockedMs: LockedMs }>][] = [
  ['add the first partition', () => addPartition(database.url)],
  ['add another one', () => addPartition(database.url)],
  ['archive the old events', archiveOldEvents],
];

async function archiveOldEvents() {
  const partitions = await readPartitions(client);
  const number = await findPartition(client, hall.eventId);
  // Those that were created by traffic are over now, too.
  await client.query(
    `UPDATE events SET on_sale_at = begun - interval '9 days', sale_ends_at = begun, cancelable_until = begun, starts_at = begun
     FROM (SELECT now() - interval '2 days' AS begun) AS old WHERE id < $1`,
    [partitions.find((each) => each.number === number)?.to],
  );
  return archivePartition(database.url, number);
}

it(
  'a filled database is partitioned, and its old events leave, while it sells',
  { timeout: 180_000 },
  async () => {
    const { reads } = processes[0].database;
    for (const [name, work] of steps) {
      const selling = name.startsWith('archive') ? await createHall(reads) : hall;
      const traffic = startTraffic(selling);
      const startedAt = performance.now();
      const [done] = await Promise.allSettled([work()]);
      const ms = performance.now() - startedAt;
      await traffic.stop();
      if (done.status === 'rejected') throw done.reason;
      const { lockedMs } = done.value;
      const { bookings, events, longestMs } = traffic.made;
      const locks = Object.entries(lockedMs).map(([step, time]) => `${step} ${time.toFixed(0)} ms`);
      console.info(
        `${name}: ${ms.toFixed(0)} ms, tables locked: ${locks.join(', ')}; meanwhile ${bookings} bookings and ${events} events, ` +
          `longest call ${longestMs.toFixed(0)} ms`,
      );
      expect(bookings).toBeGreaterThan(0);
      await assertInvariants(reads);
      expect(foldPartitions(await readCatalog(database.url)).differences).toEqual([]);
    }
    expect(await reads.event.count({ where: { name: 'Sold out' } })).toBe(0);
    const { rows } = await client.query(
      `SELECT count(*)::int AS sold FROM archive_p${firstNumber}.bookings WHERE status = 'CONFIRMED'`,
    );
    expect(rows[0].sold).toBeGreaterThanOrEqual(OLD_EVENTS * SEATS);
  },
);
