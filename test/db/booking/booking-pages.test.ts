import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  buildBookingCounts,
  buildBookingPages,
  type BookingFilter,
} from '../../../src/graphql/reads/booking-pages.sql.ts';
import { connectDatabase, sql, type Database, type Sql } from '../../../src/platform/database/db.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { createEventIn, createHall, type Hall } from '../../support/hall.ts';

const BOOKINGS = 25_000;
const HOLDS = 20;
/** A page of 20 reads about 20 rows, their index entries, and all holds. All bookings occupy about 400 blocks. */
const PAGE_BLOCKS_MAX = 100;

let test_: TestDatabase;
let database: Database;
let hall: Hall;
let eventIds: readonly number[];

/** The bookings of an event, oldest first: a few in each rare status, then very many confirmed ones, then holds. */
beforeAll(async () => {
  test_ = await createTestDatabase();
  database = connectDatabase(test_.url, createLogger('silent'));
  const { reads } = database;
  await reads.$executeRaw(sql`ALTER TABLE bookings SET (autovacuum_enabled = false)`);
  hall = await createHall(reads, { rows: 1 });
  const other = await createEventIn(reads, hall.venueId, hall.seatCount, hall.organizerId);
  eventIds = [hall.eventId, other];
  for (const [eventId, count] of [
    [hall.eventId, BOOKINGS],
    [other, 100],
  ] as const)
    await reads.$executeRaw(sql`
      INSERT INTO bookings (event_id, id, buyer_id, status, seat_count, total_amount, created_at, hold_expires_at,
                            confirmed_at, ended_at)
      SELECT ${eventId}::int, ('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, gen_random_uuid(),
             status::booking_status, 1, 100, now(), now() + interval '5 minutes',
             CASE WHEN status IN ('CONFIRMED', 'CANCELED') THEN now() END,
             CASE WHEN status IN ('EXPIRED', 'RELEASED', 'CANCELED') THEN now() END
      FROM generate_series(1, ${count}::int) AS i CROSS JOIN LATERAL (SELECT CASE
        WHEN i <= 30 THEN (ARRAY['EXPIRED', 'RELEASED', 'CANCELED'])[i % 3 + 1]
        WHEN i > ${count - HOLDS}::int AND ${count}::int > ${HOLDS}::int THEN 'HOLD' ELSE 'CONFIRMED' END AS status) AS s`);
});
afterAll(async () => {
  await database.close();
  await test_.drop();
});

interface Plan {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

async function blocksOf(statement: Sql): Promise<number> {
  const [row] = await database.reads.$queryRaw<[{ 'QUERY PLAN': [{ Plan: Plan }] }]>(
    sql`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement}`,
  );
  const { Plan: plan } = row['QUERY PLAN'][0];
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}

const statuses = [null, 'HOLD', 'CONFIRMED', 'EXPIRED', 'RELEASED', 'CANCELED'] as const;
const filter = (status: BookingFilter['status']): BookingFilter => ({ status, nowMs: Date.now() });
const middle = { eventId: 0, id: `01900000-0000-7000-8000-${(BOOKINGS / 2).toString(16).padStart(12, '0')}` };
const first = { size: 20, backward: false, after: null, before: null, inclusive: false };
const pages = {
  first,
  'after a cursor': { ...first, after: middle },
  last: { ...first, backward: true },
  'before a cursor': { ...first, backward: true, before: middle },
};

describe('a page of bookings costs the same with any statistics', () => {
  const tooCostly = async () => {
    const costs: Record<string, number> = {};
    for (const status of statuses)
      for (const [name, page] of Object.entries(pages))
        costs[`${status ?? 'any'}, ${name}`] = await blocksOf(
          buildBookingPages(eventIds, filter(status), page),
        );
    for (const status of ['HOLD', 'EXPIRED', 'RELEASED', 'CANCELED'] as const)
      costs[`count of ${status}`] = await blocksOf(buildBookingCounts(eventIds, filter(status)));
    return Object.entries(costs).filter(([, blocks]) => blocks > PAGE_BLOCKS_MAX);
  };

  test('on tables that were never analyzed', async () => {
    expect(await tooCostly()).toEqual([]);
  });

  test('with statistics of a table that had only another event', async () => {
    const { reads } = database;
    const other = await createEventIn(reads, hall.venueId, hall.seatCount, hall.organizerId);
    await reads.$executeRaw(sql`CREATE TABLE kept AS SELECT * FROM bookings`);
    await reads.$executeRaw(sql`DELETE FROM bookings`);
    await reads.booking.create({
      data: {
        eventId: other,
        id: randomUUID(),
        buyerId: randomUUID(),
        status: 'HOLD',
        seatCount: 1,
        totalAmount: 1n,
        createdAt: new Date(),
        holdExpiresAt: new Date(Date.now() + 60_000),
      },
    });
    await reads.$executeRaw(sql`ANALYZE bookings`);
    await reads.$executeRaw(sql`INSERT INTO bookings SELECT * FROM kept`);
    await reads.$executeRaw(sql`DROP TABLE kept`);
    expect(await tooCostly()).toEqual([]);
  });

  test('with current statistics', async () => {
    await database.reads.$executeRaw(sql`VACUUM ANALYZE bookings`);
    expect(await tooCostly()).toEqual([]);
  });
});
