import pg from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { sql } from '../../../src/platform/database/db.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { nextChange } from '../../support/next-change.ts';
import { eventually } from '../../support/eventually.ts';
import { createEventIn, createHall, type Hall } from '../../support/hall.ts';
import { RawSocket, startHttp, type HttpFixture } from '../http/http.fixture.ts';
import { seatUpdates, updateOf } from '../fanout/shared.fixture.ts';

let http: HttpFixture;
let at: Hall;

beforeAll(async () => {
  http = await startHttp();
  at = await createHall(http.context.database.reads);
});
afterAll(() => http.close());

/** Whoever reads the table waits from now on, until the server's own lock_timeout ends it. */
async function stall(table: 'events' | 'venues') {
  const client = new pg.Client({ connectionString: http.context.config.databaseUrl });
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  let over: Promise<void> | undefined;
  const end = () => (over ??= client.end());
  onTestFinished(end);
  return end;
}

/** How many sessions wait for a lock to run a statement of that name. */
async function waitingFor(statement: string): Promise<number> {
  const [row] = await http.context.database.worker.$queryRaw<{ count: number }[]>(
    sql`SELECT count(*)::int AS count FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE ${`%${statement}%`}`,
  );
  return row?.count ?? 0;
}

it('the map is served, and followed, from memory while the database gives no answer, which is asked once', async () => {
  const get = () => fetch(`${http.url}/events/${encodeEventId(at.eventId)}/seat-map`);
  const versionOf = async (response: Response) => ((await response.json()) as { version: number }).version;
  const { feed, release } = await http.context.feeds.acquire(at.eventId);
  onTestFinished(release);
  expect(await versionOf(await get())).toBe(0);
  await stall('events');
  await eventually('somebody asks the database again', async () => {
    expect((await get()).status).toBe(200);
    return (await waitingFor('readPublicVersion')) > 0;
  });
  // As a message from Redis.
  feed.apply(nextChange(feed, [[3, 1]]));
  const responses = await Promise.all(Array.from({ length: 30 }, get));
  expect(await Promise.all(responses.map(versionOf))).toEqual(Array(30).fill(1));
  expect(await waitingFor('readPublicVersion')).toBeLessThan(2);
  const raw = await RawSocket.init(http.port);
  raw.subscribe('1', seatUpdates, { e: encodeEventId(at.eventId) });
  expect(updateOf((await raw.next())['payload'])).toMatchObject({
    __typename: 'SeatMapSnapshot',
    version: 1,
  });
  raw.socket.close();
});

it('a layout is refused with 503 where too many wait to be made, and made for who comes back', async () => {
  const { database, eventLayouts } = http.context;
  const paths = [];
  for (let i = 0; i < 30; i++) {
    const eventId = await createEventIn(database.reads, at.venueId, at.seatCount, at.organizerId);
    paths.push((await eventLayouts.path(eventId)) ?? '');
  }
  const end = await stall('venues');
  const asked = paths.map((path) => fetch(http.url + path));
  // All others wait.
  const refused = await Promise.race(asked);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('cache-control')).toBe('no-store');
  await end();
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 503)).toHaveLength(9);
  for (const path of paths) expect((await fetch(http.url + path)).status).toBe(200);
});
