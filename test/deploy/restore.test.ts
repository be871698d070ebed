import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdSeats } from '../../src/booking/operations/hold-seats.ts';
import { VERSION_JUMP } from '../../src/booking/batch/epoch.ts';
import { encodeEventId } from '../../src/platform/ids.ts';
import { readSeatMap } from '../../src/seating/map/seat-map.sql.ts';
import {
  assertInvariants,
  createBuyerId,
  startBookingProcess,
  type BookingProcess,
} from '../support/booking.ts';
import { createHall, type Hall } from '../support/hall.ts';
import { startApiProcess } from '../support/processes/api-process.ts';
import { runToEnd, type Ended } from '../support/processes/run-to-end.ts';
import { createTestDatabase, type TestDatabase } from '../support/services/database.ts';
import { startTestRedis, type TestRedis } from '../support/services/redis.ts';

let database: TestDatabase;
let redis: TestRedis;
let at: Hall;
let unsold: Hall;
/** The version that clients saw before the restore. */
let lostVersion: number;
let raised: Ended;

/**
 * Restores the database to a state before its last commits. The server copies it as a whole, as a restore of a dump
 * does: sequences, records and keys go back together.
 */
beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
  const name = new URL(database.url).pathname.slice(1);
  await withApp(async (app) => {
    at = await createHall(app.database.reads);
    unsold = await createHall(app.database.reads);
    await hold(app, at, 0, 1, 2);
  });
  await asAdmin(`CREATE DATABASE ${name}_backup TEMPLATE ${name}`);
  await withApp(async (app) => {
    await hold(app, at, 3, 4, 5);
    lostVersion = (await readSeatMap(app.database.reads, at.eventId))?.version ?? 0;
  });
  await asAdmin(`DROP DATABASE ${name}`);
  await asAdmin(`ALTER DATABASE ${name}_backup RENAME TO ${name}`);
  raised = await runToEnd(['scripts/restored.ts'], {
    DATABASE_URL: database.url,
    NODE_ENV: 'test',
  });
});

afterAll(async () => {
  await redis.stop();
  await database.drop();
});

async function withApp(work: (app: BookingProcess) => Promise<void>): Promise<void> {
  await using app = startBookingProcess(database.url);
  await work(app);
}

async function hold(app: BookingProcess, hall: Hall, ...seats: number[]): Promise<void> {
  for (const seat of seats) {
    const order = { buyerId: createBuyerId(), idempotencyKey: null, onConflict: 'FAIL' as const };
    const held = await holdSeats(app, { ...order, eventId: hall.eventId, seats: [seat] });
    expect(held).toMatchObject({ status: 'HOLD' });
  }
}

async function asAdmin(statement: string): Promise<void> {
  const url = new URL(database.url);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Returns the first message of a subscription that resumes from a version. */
async function resume(url: string, afterVersion: number): Promise<string> {
  const stop = new AbortController();
  const query = `subscription { seatUpdates(eventId: "${encodeEventId(at.eventId)}", afterVersion: ${afterVersion}) { __typename } }`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query }),
    signal: stop.signal,
  });
  let received = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    received += chunk;
    const [, typename] = /"__typename":"(\w+)"/.exec(received) ?? [];
    if (typename !== undefined) return typename;
  }
  return `the stream ended after ${received}`;
}

it('raises the version of every event after a restore, and the audit accepts the jump', () =>
  withApp(async (app) => {
    expect(raised).toEqual({
      code: 0,
      stdout: '  Raised the versions of 2 events by 1,000,000.\n',
      stderr: '',
    });
    await assertInvariants(app.database.reads);
    await hold(app, at, 3);
    await hold(app, unsold, 0);
    const versions = [at, unsold].map(
      async ({ eventId }) => (await readSeatMap(app.database.reads, eventId))?.version,
    );
    expect(await Promise.all(versions)).toEqual([VERSION_JUMP + 4, VERSION_JUMP + 1]);
    await assertInvariants(app.database.reads);
  }));

it('gives a client that saw a lost version a snapshot, although the new history has reached it', async () => {
  // Without the jump, the restored event would be at the lost version again, with other seats.
  await withApp((app) => hold(app, at, 10, 11, 12));
  await using api = await startApiProcess({ databaseUrl: database.url, redisUrl: redis.url });
  expect(await resume(api.url, lostVersion)).toBe('SeatMapSnapshot');
});

it('reports a jump without a mark', () =>
  withApp(async (app) => {
    const { reads } = app.database;
    await reads.$executeRawUnsafe(
      `UPDATE event_changes SET booking_ids = ARRAY['${createBuyerId()}']::uuid[], booking_statuses = '{HOLD}'
       WHERE version = ${VERSION_JUMP + 3} AND event_id = ${at.eventId}`,
    );
    await expect(assertInvariants(reads)).rejects.toThrow(/versions 4 to 1000002 have no record/);
  }));
