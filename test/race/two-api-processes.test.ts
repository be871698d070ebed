import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApiProcess, type ServerProcess } from '../support/processes/api-process.ts';
import { assertInvariants, silent } from '../support/booking.ts';
import { BuyerClient, socketTo } from '../support/clients/buyer-client.ts';
import { createTestDatabase, type TestDatabase } from '../support/services/database.ts';
import { eventually } from '../support/eventually.ts';
import { createHall } from '../support/hall.ts';
import { startTestRedis, type TestRedis } from '../support/services/redis.ts';
import { connectDatabase, type Database } from '../../src/platform/database/db.ts';
import { encodeEventId } from '../../src/platform/ids.ts';

let database: TestDatabase;
let redis: TestRedis;
let db: Database;
let nodes: [ServerProcess, ServerProcess];

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
  db = connectDatabase(database.url, silent);
  const settings = { databaseUrl: database.url, redisUrl: redis.url };
  nodes = await Promise.all([startApiProcess(settings), startApiProcess(settings)]);
});

afterAll(async () => {
  await assertInvariants(db.reads);
  for (const node of nodes) await node[Symbol.asyncDispose]();
  await db.close();
  await redis.stop();
  await database.drop();
});

it('200 buyers who request the same two seats from two nodes at once get one booking and 199 refusals', async () => {
  const { eventId } = await createHall(db.reads);
  const buyers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => BuyerClient.start(nodes[i % 2 === 0 ? 0 : 1].url)),
  );
  const answers = await Promise.all(buyers.map((buyer) => buyer.hold(eventId, [4, 5])));
  const byType = Map.groupBy(answers, (answer) => answer?.['__typename']);
  expect(new Map([...byType].map(([type, all]) => [type, all.length]))).toEqual(
    new Map([
      ['Booking', 1],
      ['SeatsUnavailableError', 199],
    ]),
  );
  for (const refusal of byType.get('SeatsUnavailableError') ?? []) {
    expect(refusal?.['seats']).toEqual([{ index: 4 }, { index: 5 }]);
  }
  expect(await db.reads.booking.count({ where: { eventId } })).toBe(1);
});

it('a change on one node reaches watchers on the other', async () => {
  const { eventId } = await createHall(db.reads);
  const socket = socketTo(nodes[1].url);
  const messages: unknown[] = [];
  const stop = socket.subscribe(
    {
      query: `subscription ($id: ID!) { seatUpdates(eventId: $id) { __typename
        ... on SeatMapSnapshot { version } ... on SeatsChanged { fromVersion version seats { index status } } } }`,
      variables: { id: encodeEventId(eventId) },
    },
    { next: (message) => messages.push(message.data?.['seatUpdates']), error: () => {}, complete: () => {} },
  );
  await eventually('the snapshot', () => messages.length === 1);
  const buyer = await BuyerClient.start(nodes[0].url);
  const booking = await buyer.hold(eventId, [7]);
  await eventually('the hold is seen', () => messages.length === 2);
  expect(await buyer.at(nodes[1].url).confirm(String(booking?.['id']))).toMatchObject({
    status: 'CONFIRMED',
  });
  await eventually('the booking is seen', () => messages.length === 3);
  expect(messages).toEqual([
    { __typename: 'SeatMapSnapshot', version: 0 },
    { __typename: 'SeatsChanged', fromVersion: 0, version: 1, seats: [{ index: 7, status: 'HELD' }] },
    { __typename: 'SeatsChanged', fromVersion: 1, version: 2, seats: [{ index: 7, status: 'BOOKED' }] },
  ]);
  stop();
  await socket.dispose();
});
