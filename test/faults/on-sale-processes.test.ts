import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectDatabase, sql, type Database } from '../../src/platform/database/db.ts';
import { encodeEventId, encodeSeatId } from '../../src/platform/ids.ts';
import { drawNumber } from '../../src/waiting-room/draw/lobby.ts';
import { readRooms, writeRoomSettings } from '../../src/waiting-room/rooms/rooms.sql.ts';
import { assertInvariants, silent } from '../support/booking.ts';
import { BuyerClient } from '../support/clients/buyer-client.ts';
import { eventually } from '../support/eventually.ts';
import { createHall, type Hall } from '../support/hall.ts';
import { startApiProcess, startWorkerProcess, type ServerProcess } from '../support/processes/api-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/services/database.ts';
import { startTestRedis, type TestRedis } from '../support/services/redis.ts';

type Result = Readonly<Record<string, unknown>>;

const BUYERS = 40;
const HOUR_MS = 3_600_000;

let database: TestDatabase;
let redis: TestRedis;
let db: Database;
let nodes: readonly ServerProcess[];
let workers: readonly ServerProcess[];
let hall: Hall;

beforeAll(async () => {
  [database, redis] = await Promise.all([
    createTestDatabase(),
    startTestRedis({ appendOnly: true, kind: 'single' }),
  ]);
  db = connectDatabase(database.url, silent);
  const settings = { databaseUrl: database.url, redisUrl: redis.url };
  [nodes, workers] = await Promise.all([
    Promise.all([startApiProcess(settings), startApiProcess(settings)]),
    Promise.all([startWorkerProcess(settings), startWorkerProcess(settings)]),
  ]);
  hall = await createHall(db.reads, { onSaleAt: new Date(Date.now() + HOUR_MS) });
  const lobby = { mode: 'ON', pacePerMinute: 60_000, lobbyOpensAt: new Date(Date.now() - 1_000) } as const;
  await writeRoomSettings(db.worker, hall.eventId, lobby);
});

afterAll(async () => {
  await Promise.all([...nodes, ...workers].map((server) => server[Symbol.asyncDispose]()));
  await db.close();
  await redis.stop();
  await database.drop();
});

/** What is selected of each result. */
const fields = { WaitingRoomPlace: 'token number', Admission: 'token', Booking: 'id', HoldRequest: 'id' };

/** Calls a mutation until its result is of the expected type, at another node after each failure. */
async function call(
  buyer: Buyer,
  field: string,
  expected: keyof typeof fields,
  args: string,
): Promise<Result> {
  const query = `mutation { ${field}(${args}) { __typename ... on ${expected} { ${fields[expected]} } } }`;
  let attempt = buyer.index;
  let result: Result | null | undefined;
  await eventually(`${field} returns ${expected}`, async () => {
    const { url } = nodes[attempt++ % nodes.length] ?? {};
    if (url == null) return false;
    // A node that is killed answers nothing. The client calls again.
    result = await buyer.client
      .at(url)
      .send(query)
      .then(
        ({ data }) => data?.[field],
        () => null,
      );
    return result?.['__typename'] === expected;
  });
  return result ?? {};
}

interface Buyer {
  readonly index: number;
  readonly client: BuyerClient;
}

const quote = (text: unknown) => JSON.stringify(text);

async function join(buyer: Buyer, placeToken: unknown = null): Promise<Result> {
  const args = `eventId: ${quote(encodeEventId(hall.eventId))}, placeToken: ${quote(placeToken)}`;
  return call(buyer, 'joinWaitingRoom', 'WaitingRoomPlace', args);
}

/** Claims and then holds one seat, half of the buyers directly and the others through the queue. */
async function claimAndHold(buyer: Buyer, placeToken: unknown): Promise<void> {
  const admission = await call(
    buyer,
    'claimAdmission',
    'Admission',
    `input: { placeToken: ${quote(placeToken)} }`,
  );
  const input = `input: { eventId: ${quote(encodeEventId(hall.eventId))}, seatIds: [${quote(encodeSeatId(hall.eventId, buyer.index))}],
    idempotencyKey: "once", admissionToken: ${quote(admission['token'])} }`;
  if (buyer.index % 2 === 0) await call(buyer, 'holdSeats', 'Booking', input);
  else await call(buyer, 'requestHold', 'HoldRequest', input);
}

async function restart(server: ServerProcess | undefined): Promise<void> {
  await server?.kill();
  await server?.start();
}

async function readRoom() {
  const room = (await readRooms(db.reads, [hall.eventId])).get(hall.eventId);
  if (room === undefined) throw new Error('the room is gone');
  return room;
}

/** Slots of buyers have IDs of 16 bytes; those of numbers that were called are shorter. */
async function countBuyersInside(eventId: number): Promise<number> {
  const client = new Redis(redis.url);
  try {
    const members = await client.zrangeBuffer(`room:{${eventId}}:inside`, 0, '-1');
    return members.filter(({ length }) => length === 16).length;
  } finally {
    client.disconnect();
  }
}

it('two nodes and two workers keep places, draw and admissions while each kind of process is killed', async () => {
  const buyers = await Promise.all(
    Array.from({ length: BUYERS }, async (_, index) => ({
      index,
      client: await BuyerClient.start(nodes[index % 2]?.url ?? ''),
    })),
  );
  const joining = Promise.all(buyers.map((buyer) => join(buyer)));
  const [places] = await Promise.all([joining, restart(nodes[0])]);

  // The sale begins. One worker is killed while the lobby is drawn, Redis while numbers are claimed and seats held.
  await db.worker.$executeRaw(
    sql`UPDATE events SET on_sale_at = clock_timestamp() WHERE id = ${hall.eventId}`,
  );
  const restarted = restart(workers[0]);
  await eventually('the lobby is drawn', async () => (await readRoom()).isRevealed);
  const buying = Promise.all(buyers.map((buyer, i) => claimAndHold(buyer, places[i]?.['token'])));
  await eventually('the first seats are held', async () => (await readRoom()).seats.held > 0);
  await redis.kill();
  await redis.restart();
  await Promise.all([buying, restarted]);

  const { seed, digest, lobbySize } = await readRoom();
  if (seed === null || digest === null || lobbySize === null) throw new Error('there was no draw');
  expect(lobbySize).toBe(BUYERS);
  // The nodes agree, and each buyer has kept the place, with and without its token.
  const [here, there] = await Promise.all(
    [0, 1].map((shift) =>
      Promise.all(
        buyers.map((buyer, i) =>
          join({ ...buyer, index: i + shift }, shift === 0 ? null : places[i]?.['token']),
        ),
      ),
    ),
  );
  expect(here).toEqual(there);
  const drawn = Array.from({ length: BUYERS }, (_, i) => drawNumber({ seed, digest, lobbySize }, i + 1));
  const sorted = (numbers: readonly unknown[]) => numbers.map(Number).sort((a, b) => a - b);
  expect(sorted(here?.map(({ number }) => number) ?? [])).toEqual(sorted(drawn));
  expect(new Set(drawn).size).toBe(BUYERS);

  // Each buyer has one seat, and is inside once.
  const { eventId } = hall;
  await eventually('every hold is made', async () => (await readRoom()).seats.held === BUYERS);
  const holders = await db.reads.booking.findMany({ where: { eventId }, select: { buyerId: true } });
  expect(new Set(holders.map(({ buyerId }) => buyerId)).size).toBe(BUYERS);
  expect(holders).toHaveLength(BUYERS);
  expect(await countBuyersInside(eventId)).toBe(BUYERS);
  // After Redis has been away, the numbers of the last reserved block are called too. They belong to nobody.
  const { nowServing, joinIndexesReserved } = await readRoom();
  expect(nowServing).toBeGreaterThanOrEqual(BUYERS);
  expect(nowServing).toBeLessThanOrEqual(joinIndexesReserved);
  await assertInvariants(db.reads);
});
