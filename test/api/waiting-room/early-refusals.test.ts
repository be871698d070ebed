import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { connectRedis } from '../../../src/platform/redis/redis.ts';
import { REVOCATIONS_TOPIC } from '../../../src/messaging/messages.ts';
import { writeRoomSettings } from '../../../src/waiting-room/rooms/rooms.sql.ts';
import { silent } from '../../support/booking.ts';
import { createPeer, createSchemaClient, type SchemaClient } from '../../support/clients/schema-client.ts';
import { eventually } from '../../support/eventually.ts';
import { captureStatements } from '../../support/services/capture-statements.ts';
import { createBuyer, RoomClient } from './waiting-room.fixture.ts';

/** Two API nodes on one database and one Redis. */
let client: SchemaClient;
let other: SchemaClient;
beforeAll(async () => {
  client = await createSchemaClient();
  other = await createPeer(client);
});
afterAll(async () => {
  await other.close();
  await client.close();
});

const open = async (options = {}) => {
  const room = await RoomClient.create(client, options);
  await room.configure({ mode: 'ON', pacePerMinute: 60_000 });
  return room;
};

const required = { result: { __typename: 'AdmissionRequiredError', code: 'ADMISSION_REQUIRED' } };
const held = { result: { __typename: 'Booking', status: 'HOLD' } };

/** Returns the names of the statements that are sent while `work` runs. */
async function namesOf(work: () => Promise<unknown>): Promise<string[]> {
  return (await captureStatements(work)).map((text) => /\/\* (\w+) \*\//.exec(text)?.[1] ?? text);
}

const best = (room: RoomClient, viewer: Viewer) =>
  room.mutate('holdBestAvailable', { eventId: room.eventId, quantity: 1 }, viewer);

const request = (room: RoomClient, viewer: Viewer, idempotencyKey: string = randomUUID()) =>
  room.mutate('requestHold', { eventId: room.eventId, seatIds: room.seatIds(0), idempotencyKey }, viewer);

describe('a hold without an admission', () => {
  it('costs no transaction, and many at once share a statement', async () => {
    const room = await open();
    const buyers = Array.from({ length: 40 }, createBuyer);
    const names = await namesOf(async () => {
      for (const answer of await Promise.all(buyers.map((buyer) => room.hold(buyer, [0]))))
        expect(answer).toMatchObject(required);
      expect(await best(room, createBuyer())).toMatchObject(required);
    });
    expect(names).not.toContain('readPlan');
    expect(names.filter((name) => name === 'readAdmittingEvents').length).toBeLessThan(20);
  });

  it('is refused only if the room is on now, not if it was a moment ago', async () => {
    const room = await open();
    await writeRoomSettings(client.app.database.worker, room.hall.eventId, { mode: 'OFF' });
    expect(await room.hold(createBuyer(), [0])).toMatchObject(held);
    expect(await request(room, createBuyer())).toMatchObject({ result: { __typename: 'HoldRequest' } });
  });

  it('is refused by its batch if the process does not know yet that the room is on', async () => {
    const room = await RoomClient.create(client);
    await client.app.waitingRooms.directory.refresh();
    await writeRoomSettings(client.app.database.worker, room.hall.eventId, { mode: 'ON' });
    expect(await room.hold(createBuyer(), [0])).toMatchObject(required);
  });

  it('is refused before the sale because the sale has not begun', async () => {
    const room = await open({ onSaleAt: new Date(Date.now() + 600_000) });
    expect(await room.hold(createBuyer(), [0])).toMatchObject({ result: { code: 'EVENT_NOT_ON_SALE' } });
  });

  it('is refused for its way of booking if the event takes queued holds only', async () => {
    const room = await open();
    const { eventId } = room.hall;
    await client.app.database.worker.event.update({
      where: { id: eventId },
      data: { bookingMode: 'QUEUED' },
    });
    const refused = { result: { __typename: 'InvalidInputError', field: 'eventId' } };
    expect(await room.hold(createBuyer(), [0])).toMatchObject(refused);
    expect(await request(room, createBuyer())).toMatchObject(required);
  });

  it('is not refused if it repeats one that succeeded', async () => {
    const room = await open();
    const { viewer, admissionToken } = await room.admit();
    const idempotencyKey = randomUUID();
    const quantity = { eventId: room.eventId, quantity: 1, idempotencyKey };
    const first = await room.mutate('holdBestAvailable', { ...quantity, admissionToken }, viewer);
    expect(first).toMatchObject(held);
    expect(await room.mutate('holdBestAvailable', quantity, viewer)).toEqual(first);
    expect(
      await room.hold(viewer, [30], { idempotencyKey: `${idempotencyKey} of seats`, admissionToken }),
    ).toMatchObject(held);
  });
});

describe('a revoked admission', () => {
  it('is dropped by other nodes, which then refuse its holds before they cost a transaction', async () => {
    const room = await open();
    const { viewer, admissionToken } = await room.admit();
    await other.app.waitingRooms.directory.refresh();
    const there = room.at(other);
    expect(await there.hold(viewer, [1], { admissionToken })).toMatchObject(held);
    expect(await room.revoke(viewer)).toMatchObject({ result: { __typename: 'WaitingRoom' } });
    await eventually('the other node has heard of it', async () => {
      const names = await namesOf(async () =>
        expect(await there.hold(viewer, [2], { admissionToken })).toMatchObject(required),
      );
      return !names.includes('readPlan') && names.includes('readRevocation');
    });
  });

  it('is not believed if only a message says so', async () => {
    const room = await open();
    const { viewer, admissionToken } = await room.admit();
    const redis = connectRedis(client.app.config.redis, 'test', silent);
    await eventually('Redis is connected', () => redis.status === 'ready');
    const message = { eventId: room.hall.eventId, buyerId: viewer.userId };
    await redis.publish(REVOCATIONS_TOPIC, JSON.stringify(message));
    for (const invalid of ['{}', '7', '{"eventId":1,"buyerId":"x"}', '{"eventId":"1"}'])
      await redis.publish(REVOCATIONS_TOPIC, invalid);
    redis.disconnect();
    let names: string[] = [];
    let seat = 0;
    await eventually('the message has arrived', async () => {
      names = await namesOf(async () => {
        const booking = await room.hold(viewer, [seat++], { admissionToken });
        expect(booking).toMatchObject(held);
        await room.mutate('releaseBooking', { bookingId: booking.result['id'] }, viewer);
      });
      return names.includes('readRevocation');
    });
  });
});
