import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchemaClient, type SchemaClient } from '../../support/clients/schema-client.ts';
import { createBuyer, RoomClient, toUserId } from './waiting-room.fixture.ts';

let client: SchemaClient;
beforeAll(async () => {
  client = await createSchemaClient();
});
afterAll(() => client.close());

describe('configureWaitingRoom', () => {
  it('changes what is given, and keeps the rest', async () => {
    const room = await RoomClient.create(client);
    const first = await room.configure({ mode: 'ON', pacePerMinute: 60_000, insideMax: 1_000_000 });
    expect(first.result).toMatchObject({
      mode: 'ON',
      state: 'OPEN',
      pacePerMinute: 60_000,
      insideMax: 1_000_000,
      redisAway: 'CLOSED',
    });
    const second = await room.configure({ paused: true, redisAway: 'OPEN', pacePerMinute: 1, insideMax: 1 });
    expect(second.result).toMatchObject({ mode: 'ON', state: 'PAUSED', pacePerMinute: 1, redisAway: 'OPEN' });
    const third = await room.configure({ paused: false, draining: true });
    expect(third.result).toMatchObject({ state: 'DRAINING', insideMax: 1 });
    expect((await room.configure({ mode: 'OFF' })).result).toMatchObject({ state: 'OFF', opensAt: null });
  });

  it.each([
    ['pacePerMinute', 0],
    ['pacePerMinute', 60_001],
    ['insideMax', 0],
    ['insideMax', 1_000_001],
    ['pacePerMinute', -1],
  ])('refuses %s %i', async (field, value) => {
    const room = await RoomClient.create(client);
    expect(await room.configure({ [field]: value })).toMatchObject({
      result: { __typename: 'InvalidInputError', field },
    });
  });

  it("is the organizer's of the event", async () => {
    const room = await RoomClient.create(client);
    const other = await RoomClient.create(client);
    for (const viewer of [createBuyer(), other.organizer])
      expect((await room.configure({ mode: 'ON' }, viewer)).code).toBe('FORBIDDEN');
    expect((await room.configure({ mode: 'ON' }, null)).code).toBeDefined();
    expect(await other.configure({ eventId: 'x' })).toMatchObject({ result: { field: 'eventId' } });
  });
});

describe('revokeAdmission', () => {
  it("is the organizer's of the event, and needs a buyer's ID", async () => {
    const room = await RoomClient.create(client);
    const other = await RoomClient.create(client);
    const buyer = createBuyer();
    for (const viewer of [buyer, other.organizer])
      expect((await room.revoke(buyer, viewer)).code).toBe('FORBIDDEN');
    for (const id of ['x', room.eventId, toUserId({ userId: 'x', role: 'BUYER' })])
      expect(await room.revoke(buyer, room.organizer, id)).toMatchObject({ result: { field: 'buyerId' } });
  });
});

describe('releaseHolds', () => {
  const release = (room: RoomClient, rule: object, viewer = room.organizer) =>
    room.mutate('releaseHolds', { eventId: room.eventId, ...rule }, viewer, 'rule');

  it('releases the holds that match, and nothing else', async () => {
    const room = await RoomClient.create(client);
    const [one, two] = [createBuyer(), createBuyer()];
    await room.hold(one, [0, 1]);
    const booked = await room.hold(one, [2]);
    await room.mutate('confirmBooking', { bookingId: booked.result['id'] }, one);
    await room.hold(two, [3]);
    const early = { heldBefore: new Date(Date.now() - 60_000).toISOString() };
    expect((await release(room, early)).result).toEqual({
      __typename: 'ReleasedHolds',
      count: 0,
      hasMore: false,
    });
    expect((await release(room, { section: 'Nowhere' })).result).toMatchObject({ count: 0 });
    expect((await release(room, { buyerId: toUserId(two) })).result).toMatchObject({ count: 1 });
    expect((await release(room, {})).result).toMatchObject({ count: 1 });
    const query = `query ($e: ID!) { event(id: $e) { availability { held booked } } }`;
    const { data } = await client.ask(query, { e: room.eventId });
    expect(data.event.availability).toEqual({ held: 0, booked: 1 });
  });

  it("is the organizer's of the event", async () => {
    const room = await RoomClient.create(client);
    const other = await RoomClient.create(client);
    for (const viewer of [createBuyer(), other.organizer])
      expect((await release(room, {}, viewer)).code).toBe('FORBIDDEN');
  });
});
