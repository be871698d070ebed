import { afterAll, beforeAll, expect, it } from 'vitest';
import { Identity } from '../../src/identity/identity.ts';
import { connectDatabase, type Database } from '../../src/platform/database/db.ts';
import { encodeEventId, encodeSeatId } from '../../src/platform/ids.ts';
import { readSeatMap } from '../../src/seating/map/seat-map.sql.ts';
import { startApiProcess, TEST_SECRET, type ServerProcess } from '../support/processes/api-process.ts';
import { silent } from '../support/booking.ts';
import { createTestDatabase, type TestDatabase } from '../support/services/database.ts';
import { eventually } from '../support/eventually.ts';
import { createHall, type Hall } from '../support/hall.ts';
import { startTestRedis, type TestRedis } from '../support/services/redis.ts';
import { Crowd } from './paused-sockets.fixture.ts';

const LIVE = 1_000;
const PAUSED = 1_000;
const KIB = 1024;
const BYTES_EACH_MAX = 256 * KIB;
/** Size of a change: about 8 kB per frame, as in a tick of a hot sale. */
const SEATS_A_CHANGE = 250;
const CHANGES_MIN = 300;
const CHANGES_MAX = 1_500;

let database: TestDatabase;
let redis: TestRedis;
let db: Database;
let api: ServerProcess;
let hall: Hall;
let token: string;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
  db = connectDatabase(database.url, silent);
  api = await startApiProcess({
    databaseUrl: database.url,
    redisUrl: redis.url,
    env: {
      CONNECTIONS_PER_ADDRESS_MAX: '5000',
      CLIENT_MEMORY_PER_ADDRESS_BYTES_MAX: '1000000000',
      READER_BUFFER_BYTES_MAX: String(BYTES_EACH_MAX),
      // Nobody is closed for being slow, which would end the measurement.
      READER_STUCK_SECONDS: '600',
      FEED_TICK_MS: '0',
    },
  });
  hall = await createHall(db.reads, { rows: 40, seatsPerRow: 50 });
  const identity = new Identity({ secret: TEST_SECRET, provider: null }, db.reads, silent);
  ({ token } = await identity.issue({ userId: hall.organizerId, role: 'ORGANIZER' }));
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await db.close();
  await Promise.all([redis.stop(), database.drop()]);
});

let changes = 0;

/** Blocks or unblocks seats through the API. Resolves when it is committed. */
async function change(): Promise<void> {
  const parts = hall.seatCount / SEATS_A_CHANGE;
  const first = (changes % parts) * SEATS_A_CHANGE;
  const field = Math.floor(changes / parts) % 2 === 0 ? 'blockSeats' : 'unblockSeats';
  changes++;
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const seatIds = Array.from({ length: SEATS_A_CHANGE }, (_, i) => encodeSeatId(hall.eventId, first + i));
  const answer = await fetch(`${api.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      query: `mutation ($input: ${type}!) { done: ${field}(input: $input) { __typename } }`,
      variables: { input: { eventId: encodeEventId(hall.eventId), seatIds } },
    }),
  });
  expect(await answer.json()).toEqual({ data: { done: { __typename: 'Event' } } });
}

/** Returns the process's metrics. The lag of the event loop covers the time since the last call. */
async function scrape() {
  const text = await (await fetch(api.metricsUrl)).text();
  const valueOf = (name: string) => Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  return {
    residentBytes: valueOf('process_resident_memory_bytes'),
    unsentBytes: valueOf('sellout_unsent_bytes'),
    unsentMost: valueOf('sellout_unsent_bytes_max'),
    skipped: valueOf('sellout_slow_consumers_skipped_total'),
    closed: valueOf('sellout_slow_consumers_closed_total'),
    subscribers: valueOf('sellout_shared_subscribers'),
    lagMs: {
      p50: 1_000 * valueOf('nodejs_eventloop_lag_p50_seconds'),
      p99: 1_000 * valueOf('nodejs_eventloop_lag_p99_seconds'),
      max: 1_000 * valueOf('nodejs_eventloop_lag_max_seconds'),
    },
  };
}

type Lag = Awaited<ReturnType<typeof scrape>>['lagMs'];

/** The timer that measures it fires every 10 ms, which is part of the figure. */
function lagLines(stretches: readonly Lag[]): string[] {
  return (['p50', 'p99', 'max'] as const).map((what) => {
    const sorted = stretches.map((lag) => lag[what]).toSorted((a, b) => a - b);
    const [median = Number.NaN, most = Number.NaN] = [sorted[sorted.length >> 1], sorted.at(-1)];
    return `  event loop lag ${what}: ${median.toFixed(0)} ms in the median of ${sorted.length} stretches of 25 changes, ${most.toFixed(0)} ms in the worst`;
  });
}

const kib = (bytes: number) => `${(bytes / KIB).toFixed(1)} KiB`;

it(`${PAUSED} sockets that do not read cost at most 256 KiB each, and ${LIVE} others miss nothing`, async () => {
  const open = (size: number) => Crowd.open(api.url, hall.eventId, hall.seatCount, size);
  const [live, paused] = [await open(LIVE), await open(PAUSED)];
  for (let i = 0; i < 20; i++) {
    await change();
    await Promise.all([live.reached(changes), paused.reached(changes)]);
  }

  const before = await scrape();
  paused.pause();
  const lags: Lag[] = [];
  let now = before;
  const startedAt = changes;
  while (now.skipped < PAUSED || changes - startedAt < CHANGES_MIN) {
    if (changes - startedAt > CHANGES_MAX) throw new Error(`only ${now.skipped} were skipped`);
    // The next change runs while the previous one is delivered.
    await Promise.all([live.reached(changes), change()]);
    if (changes % 25 > 0) continue;
    paused.sayAlive();
    now = await scrape();
    lags.push(now.lagMs);
  }
  await live.reached(changes);
  const after = await scrape();
  const growthEach = (after.residentBytes - before.residentBytes) / PAUSED;
  console.info(
    [
      `npm test -- test/faults/paused-sockets.long.test.ts: ${changes - startedAt} changes with ${PAUSED} of ${LIVE + PAUSED} sockets paused`,
      `  unsent at one paused socket: ${kib(after.unsentMost)} at most, ${kib(after.unsentBytes / PAUSED)} on average`,
      `  resident memory grew by ${kib(growthEach)} a paused socket`,
      ...lagLines(lags),
    ].join('\n'),
  );
  expect(after.unsentMost).toBeGreaterThan(BYTES_EACH_MAX / 2);
  expect(after.unsentMost).toBeLessThanOrEqual(BYTES_EACH_MAX);
  expect(growthEach).toBeLessThanOrEqual(BYTES_EACH_MAX);
  expect(after.skipped).toBe(PAUSED);

  paused.resume();
  await paused.reached(changes);
  await change();
  await Promise.all([live.reached(changes), paused.reached(changes)]);
  const map = await readSeatMap(db.reads, hall.eventId);
  const whole = new Set([`${map?.version} ${map?.states.encode()}`]);
  expect([live.maps, paused.maps]).toEqual([whole, whole]);
  expect([live.gaps, paused.gaps]).toEqual([0, 0]);
  // One snapshot at the start, and one more for paused sockets, in place of everything that they missed.
  expect([live.snapshots, paused.snapshots]).toEqual([new Set([1]), new Set([2])]);
  expect([...live.closed, ...paused.closed]).toEqual([]);

  live.close();
  paused.close();
  await eventually('all have left', async () => (await scrape()).subscribers === 0);
  expect(await scrape()).toMatchObject({ unsentBytes: 0, closed: 0 });
  expect(api.log.filter(({ level }) => level !== 'info')).toEqual([]);
}, 600_000);
