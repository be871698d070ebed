import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEMO_ORGANIZER_ID } from '../../../prisma/seed/demo-organizer.ts';
import { seed } from '../../../prisma/seed.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';

let database: TestDatabase;
let client: pg.Client;
const lines: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const log = (line: string) => lines.push(line);
  // Two seeds at once, like two processes that start on a new database.
  await Promise.all([seed({ databaseUrl: database.url, log }), seed({ databaseUrl: database.url, log })]);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

async function rows<Row>(text: string): Promise<Row[]> {
  return (await client.query(text)).rows as Row[];
}

test('two concurrent seeds create the four halls once, with the seats of their plans', async () => {
  const venues = await rows(`
    SELECT v.name, v.seat_count, (SELECT count(*)::int FROM venue_seats s WHERE s.venue_id = v.id) AS seats
    FROM venues v WHERE organizer_id = '${DEMO_ORGANIZER_ID}' ORDER BY seat_count`);
  expect(venues).toEqual([
    { name: 'Sellout Theatre', seat_count: 800, seats: 800 },
    { name: 'Riethsporthalle Erfurt', seat_count: 1_222, seats: 1_222 },
    { name: 'Sellout Arena', seat_count: 18_000, seats: 18_000 },
    { name: 'Sellout Stadium', seat_count: 80_000, seats: 80_000 },
  ]);
  expect(lines.filter((line) => line.startsWith('Sellout Stadium: 80,000 seats'))).toHaveLength(1);
});

test('every event has all seats of its venue, all free and priced, and the default hold time', async () => {
  const wrong = await rows(`
    SELECT e.name FROM events e JOIN venues v ON v.id = e.venue_id
    WHERE e.seats_total <> v.seat_count OR e.hold_ttl_ms IS NOT NULL OR e.currency <> 'EUR'
       OR v.seat_count <> (SELECT count(*) FROM event_seats s JOIN price_tiers USING (event_id, tier_index)
                           WHERE s.event_id = e.id AND s.status = 'AVAILABLE' AND amount > 0)`);
  expect(wrong).toEqual([]);
});

test('events are on sale, on sale later, paused, ended or drafts; the first on sale is in the real hall', async () => {
  const kinds = await rows<{ kind: string; events: number }>(`
    SELECT CASE WHEN status = 'ON_SALE' AND on_sale_at > now() THEN 'LATER' ELSE status::text END AS kind,
           count(*)::int AS events
    FROM events WHERE (starts_at < now()) = (status = 'ENDED') GROUP BY kind ORDER BY kind`);
  expect(kinds).toEqual([
    { kind: 'DRAFT', events: 1 },
    { kind: 'ENDED', events: 1 },
    { kind: 'LATER', events: 1 },
    { kind: 'ON_SALE', events: 5 },
    { kind: 'PAUSED', events: 1 },
  ]);
  const [first] = await rows(`
    SELECT v.name, e.seat_limit FROM events e JOIN venues v ON v.id = e.venue_id
    WHERE e.status = 'ON_SALE' ORDER BY e.starts_at LIMIT 1`);
  expect(first).toEqual({ name: 'Riethsporthalle Erfurt', seat_limit: 8 });
});

test('another seed adds only what is missing, and keeps changes of events', async () => {
  const count = () =>
    rows(`SELECT (SELECT count(*)::int FROM venues) AS venues, (SELECT count(*)::int FROM venue_seats) AS venue_seats,
                 (SELECT count(*)::int FROM events) AS events, (SELECT count(*)::int FROM event_seats) AS event_seats`);
  const before = await count();
  await client.query(`UPDATE events SET status = 'CANCELED' WHERE name LIKE 'Volleyball%'`);
  const again: string[] = [];
  await seed({ databaseUrl: database.url, log: (line) => again.push(line) });
  expect(again).toEqual([]);
  expect(await count()).toEqual(before);
  expect(await rows(`SELECT status FROM events WHERE name LIKE 'Volleyball%'`)).toEqual([
    { status: 'CANCELED' },
  ]);

  await client.query(
    `DELETE FROM event_seats WHERE event_id = (SELECT id FROM events WHERE status = 'DRAFT')`,
  );
  await client.query(`DELETE FROM events WHERE status = 'DRAFT'`);
  await seed({ databaseUrl: database.url });
  expect(await count()).toEqual(before);
});

test('a seed months later moves the dates of the examples, and keeps their sales', async () => {
  const dates = () =>
    rows(`SELECT name, starts_at, on_sale_at, sale_ends_at, cancelable_until FROM events ORDER BY id`);
  const fresh = await dates();
  await client.query(`UPDATE event_seats SET status = 'BLOCKED' WHERE seat_index = 0`);
  await client.query(`UPDATE events SET starts_at = starts_at - interval '200 days', on_sale_at = on_sale_at - interval '200 days',
    sale_ends_at = sale_ends_at - interval '200 days', cancelable_until = cancelable_until - interval '200 days'`);
  await seed({ databaseUrl: database.url });
  expect(await dates()).toEqual(fresh);
  const onSale = await rows(`SELECT FROM events
    WHERE status = 'ON_SALE' AND on_sale_at <= now() AND sale_ends_at > now() + interval '1 day'`);
  expect(onSale.length).toBeGreaterThan(2);
  const blocked = await rows<{ count: number }>(
    `SELECT count(*)::int FROM event_seats WHERE status = 'BLOCKED'`,
  );
  expect(blocked).toEqual([{ count: fresh.length }]);
});

test('an event of another organizer with the name of an example keeps its dates', async () => {
  const other = '00000000-0000-4000-8000-000000000001';
  await client.query(
    `INSERT INTO users (id, role, issuer, subject) VALUES ('${other}', 'ORGANIZER', 'test', '${other}')`,
  );
  await client.query(`UPDATE events SET organizer_id = '${other}', starts_at = '2020-01-01', sale_ends_at = '2020-01-01',
    cancelable_until = '2020-01-01', on_sale_at = '2019-01-01' WHERE name LIKE 'The Lamplighter%'`);
  await seed({ databaseUrl: database.url });
  const own = await rows(`SELECT FROM events WHERE organizer_id = '${other}' AND starts_at = '2020-01-01'`);
  expect(own).toHaveLength(1);
});
