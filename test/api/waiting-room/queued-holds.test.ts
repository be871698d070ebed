import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { parseWish } from '../../../src/booking/requests/hold-request.ts';
import { RequestConsumer } from '../../../src/booking/requests/request-consumer.ts';
import { toSubmission } from '../../../src/booking/requests/to-submission.ts';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import { uuidToBytes } from '../../../src/waiting-room/uuid-bytes.ts';
import { silent } from '../../support/booking.ts';
import { createSchemaClient, type SchemaClient } from '../../support/clients/schema-client.ts';
import { eventually } from '../../support/eventually.ts';
import { RoomClient } from './waiting-room.fixture.ts';

const MINUTE_MS = 60_000;
let client: SchemaClient;
let redis: Redis;
beforeAll(async () => {
  client = await createSchemaClient();
  redis = connectRedis(client.app.config.redis, 'test', silent);
  await eventually('Redis is connected', () => redis.status === 'ready');
});
afterAll(async () => {
  redis.disconnect();
  await client.close();
});

const createConsumer = () => {
  const { app } = client;
  const ctx = { ...app, db: app.database.worker, heldSeats: null, rooms: app.waitingRooms.store };
  return new RequestConsumer(ctx, { takeOverAfterMs: 1, takeOverEveryMs: 0 });
};

/** Returns an admitted buyer with a queued hold of one seat, and the time at which the buyer's slot ends. */
async function requestInside() {
  const room = await RoomClient.create(client);
  await room.configure({ mode: 'ON', pacePerMinute: 60_000 });
  const { viewer, admissionToken } = await room.admit();
  const slotEndsAt = async () =>
    Number(await redis.zscore(`room:{${room.hall.eventId}}:inside`, uuidToBytes(viewer.userId)));
  // As if the buyer had been inside for almost a minute.
  await redis.zadd(`room:{${room.hall.eventId}}:inside`, Date.now() + 5_000, uuidToBytes(viewer.userId));
  const input = { eventId: room.eventId, seatIds: room.seatIds(0), admissionToken };
  const queued = await room.mutate('requestHold', { ...input, idempotencyKey: randomUUID() }, viewer);
  expect(queued).toMatchObject({ result: { status: 'QUEUED' } });
  return { room, viewer, slotEndsAt };
}

async function readHoldDeadline(room: RoomClient, { userId: buyerId }: Viewer): Promise<number> {
  const { eventId } = room.hall;
  const booking = await client.app.database.reads.booking.findFirst({ where: { eventId, buyerId } });
  return booking?.holdExpiresAt.getTime() ?? 0;
}

it('a queued hold keeps its buyer inside: until it is decided, then until it expires', async () => {
  const { room, viewer, slotEndsAt } = await requestInside();
  await eventually('the request counts', async () => (await slotEndsAt()) > Date.now() + 20_000);
  const consumer = createConsumer();
  await consumer.scan();
  await eventually('the hold counts', async () => (await slotEndsAt()) > Date.now() + 2 * MINUTE_MS);
  expect(await slotEndsAt()).toBe(await readHoldDeadline(room, viewer));
  await consumer.stop();
});

it('a queued hold keeps its buyer inside if its worker ended right after COMMIT', async () => {
  const { room, viewer, slotEndsAt } = await requestInside();
  const { eventId } = room.hall;
  const { requestQueue, groupCommit } = client.app;
  const [entry] = await requestQueue.take(eventId, 'a worker that ends', 1);
  const wish = parseWish(entry?.wish ?? '');
  if (wish === null) throw new Error('the request was not queued');
  await groupCommit.submit(eventId, toSubmission(wish));
  expect(await slotEndsAt()).toBeLessThan(Date.now() + MINUTE_MS);
  const consumer = createConsumer();
  await eventually('another worker has taken it over', async () => {
    await consumer.scan();
    return (await slotEndsAt()) > Date.now() + 2 * MINUTE_MS;
  });
  expect(await slotEndsAt()).toBe(await readHoldDeadline(room, viewer));
  await consumer.stop();
});
