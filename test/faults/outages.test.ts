import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApiProcess, startWorkerProcess, type ServerProcess } from '../support/processes/api-process.ts';
import { assertInvariants, silent } from '../support/booking.ts';
import { BuyerClient, socketTo } from '../support/clients/buyer-client.ts';
import { eventually } from '../support/eventually.ts';
import { createHall } from '../support/hall.ts';
import { startTestPostgres, type TestPostgres } from '../support/services/postgres.ts';
import { startTestRedis, type TestRedis } from '../support/services/redis.ts';
import { SeatMapClient } from '../support/clients/seat-map-client.ts';
import { connectDatabase, type Database } from '../../src/platform/database/db.ts';
import { encodeEventId } from '../../src/platform/ids.ts';
import { readSeatMap } from '../../src/seating/map/seat-map.sql.ts';
import type { SeatStatusCode } from '../../src/messaging/messages.ts';

let postgres: TestPostgres;
let redis: TestRedis;
let db: Database;
let api: ServerProcess;
let worker: ServerProcess;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startTestPostgres(), startTestRedis()]);
  db = connectDatabase(postgres.url, silent);
  const settings = { databaseUrl: postgres.url, redisUrl: redis.url };
  [api, worker] = await Promise.all([startApiProcess(settings), startWorkerProcess(settings)]);
});

afterAll(async () => {
  await assertInvariants(db.reads);
  await api[Symbol.asyncDispose]();
  await worker[Symbol.asyncDispose]();
  await db.close();
  await redis.stop();
  await postgres.stop();
});

const codes: Record<string, SeatStatusCode> = { AVAILABLE: 0, HELD: 1, BOOKED: 2, BLOCKED: 3 };

interface Update {
  readonly __typename: string;
  readonly version: number;
  readonly fromVersion?: number;
  readonly states?: string;
  readonly seats?: readonly { readonly index: number; readonly status: string }[];
}

function watch(eventId: number, follower: SeatMapClient): () => Promise<void> {
  const socket = socketTo(api.url);
  const stop = socket.subscribe<{ seatUpdates: Update }>(
    {
      query: `subscription ($id: ID!) { seatUpdates(eventId: $id) { __typename
        ... on SeatMapSnapshot { version states } ... on SeatsChanged { fromVersion version seats { index status } } } }`,
      variables: { id: encodeEventId(eventId) },
    },
    {
      next: ({ data }) => {
        const update = data?.seatUpdates;
        if (update?.states !== undefined) {
          follower.apply({ kind: 'snapshot', version: update.version, states: update.states });
        } else if (update !== undefined) {
          const seats = (update.seats ?? []).map(({ index, status }) => [index, codes[status] ?? 0] as const);
          follower.apply({
            kind: 'changes',
            fromVersion: update.fromVersion ?? -1,
            version: update.version,
            seats,
          });
        }
      },
      error: (error) => {
        throw error;
      },
      complete: () => {},
    },
  );
  return async () => {
    stop();
    await socket.dispose();
  };
}

/** Returns what the node reports as degraded while it accepts requests. */
async function degraded(): Promise<readonly string[]> {
  const response = await fetch(`${api.url}/ready`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { degraded: string[] }).degraded;
}

async function isCorrect(follower: SeatMapClient, eventId: number): Promise<boolean> {
  const map = await readSeatMap(db.reads, eventId);
  return map !== null && follower.version === map.version && follower.states === map.states.encode();
}

describe('while Redis is down', () => {
  it('bookings continue, no process ends, and live maps are correct', async () => {
    const { eventId, seatCount } = await createHall(db.reads, { rows: 10 });
    const follower = new SeatMapClient(seatCount);
    const stop = watch(eventId, follower);
    await eventually('the snapshot', () => follower.messages.length > 0);
    await redis.kill();
    const buyer = await BuyerClient.start(api.url);
    for (let seat = 0; seat < 4; seat++) {
      expect(await buyer.hold(eventId, [seat])).toMatchObject({ __typename: 'Booking' });
    }
    await eventually('the map is correct without Redis', () => isCorrect(follower, eventId));
    expect(await degraded()).toEqual(['redis']);
    expect((await fetch(`${api.url}/health`)).status).toBe(200);
    await redis.restart();
    await eventually('nothing is degraded', async () => (await degraded()).length === 0);
    const other = await BuyerClient.start(api.url);
    expect(await other.hold(eventId, [9])).toMatchObject({ __typename: 'Booking' });
    await eventually('the map is correct with Redis back', () => isCorrect(follower, eventId));
    expect(follower.gaps).toEqual([]);
    expect([api.alive(), worker.alive()]).toEqual([true, true]);
    await stop();
  });
});

describe('while PostgreSQL restarts', () => {
  it.each(['fast', 'immediate'] as const)(
    'every request is answered and no process ends (%s)',
    async (mode) => {
      const { eventId, seatCount } = await createHall(db.reads, { rows: 10, seatLimit: 10 });
      const follower = new SeatMapClient(seatCount);
      const stop = watch(eventId, follower);
      await eventually('the snapshot', () => follower.messages.length > 0);
      const buyers = await Promise.all(Array.from({ length: 20 }, () => BuyerClient.start(api.url)));
      await postgres.stop(mode);
      const answers = Promise.all(buyers.map((buyer, i) => buyer.hold(eventId, [i], `outage ${mode}`)));
      const read = await buyers[0]?.send('{ events(first: 1) { totalCount } }');
      expect(read?.errors?.[0]?.extensions?.code).toMatch(/BUSY|INTERNAL_SERVER_ERROR/);
      for (const answer of await answers) expect(answer).toMatchObject({ __typename: 'BusyError' });
      await postgres.start();
      await eventually('nothing is degraded', async () => (await degraded()).length === 0);
      for (const [i, buyer] of buyers.entries()) {
        expect(await buyer.hold(eventId, [i], `outage ${mode}`)).toMatchObject({ __typename: 'Booking' });
      }
      await eventually('the map is correct', () => isCorrect(follower, eventId));
      expect([api.alive(), worker.alive()]).toEqual([true, true]);
      await stop();
    },
  );
});

describe('the worker', () => {
  it('releases overdue seats to the map within two seconds of the deadline', async () => {
    const { eventId, seatCount } = await createHall(db.reads, { holdTtlMs: 1_000 });
    const follower = new SeatMapClient(seatCount);
    const stop = watch(eventId, follower);
    await eventually('the snapshot', () => follower.messages.length > 0);
    const buyer = await BuyerClient.start(api.url);
    const booking = await buyer.hold(eventId, [3]);
    await eventually('the hold is seen', () => follower.messages.length === 2);
    await eventually('the seat comes back', () => follower.messages.length === 3);
    expect(follower.messages[2]).toMatchObject({ kind: 'changes', seats: [[3, 0]] });
    const { data } = await buyer.send('query ($id: ID!) { booking(id: $id) { status } }', {
      id: booking?.['id'],
    });
    expect(data).toEqual({ booking: { status: 'EXPIRED' } });
    await stop();
  });
});
