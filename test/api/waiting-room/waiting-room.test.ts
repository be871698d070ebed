import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { createSchemaClient, type SchemaClient } from '../../support/clients/schema-client.ts';
import { createBuyer, RoomClient } from './waiting-room.fixture.ts';

const HOUR_MS = 3_600_000;
let client: SchemaClient;
beforeAll(async () => {
  client = await createSchemaClient();
});
afterAll(() => client.close());

const open = async () => {
  const room = await RoomClient.create(client);
  await room.configure({ mode: 'ON', pacePerMinute: 60_000 });
  return room;
};

const required = { result: { __typename: 'AdmissionRequiredError', code: 'ADMISSION_REQUIRED' } };
const held = { result: { __typename: 'Booking', status: 'HOLD' } };

describe('while the waiting room is on', () => {
  it('seats are held only with an admission: by holdSeats, holdBestAvailable and changeSeats', async () => {
    const room = await open();
    const { viewer, admissionToken } = await room.admit();
    const best = { eventId: room.eventId, quantity: 1 };
    expect(await room.hold(viewer, [0])).toMatchObject(required);
    expect(await room.mutate('holdBestAvailable', best, viewer)).toMatchObject(required);
    const booking = await room.hold(viewer, [0], { admissionToken });
    expect(booking).toMatchObject(held);
    expect(await room.mutate('holdBestAvailable', { ...best, admissionToken }, viewer)).toMatchObject(held);
    const change = { bookingId: booking.result['id'], seatIds: room.seatIds(35) };
    expect(await room.mutate('changeSeats', change, viewer)).toMatchObject(required);
    expect(await room.mutate('changeSeats', { ...change, admissionToken }, viewer)).toMatchObject(held);
    const confirm = { bookingId: booking.result['id'] };
    expect(await room.mutate('confirmBooking', confirm, viewer)).toMatchObject({
      result: { status: 'CONFIRMED' },
    });
  });

  it('a hold is requested only with an admission, but a retry needs none', async () => {
    const room = await open();
    const { viewer, admissionToken } = await room.admit();
    const request = (more: object) =>
      room.mutate(
        'requestHold',
        { eventId: room.eventId, seatIds: room.seatIds(0), ...more },
        viewer,
        'input',
      );
    const idempotencyKey = randomUUID();
    expect(await request({ idempotencyKey })).toMatchObject(required);
    const queued = { result: { __typename: 'HoldRequest' } };
    expect(await request({ idempotencyKey, admissionToken })).toMatchObject(queued);
    expect(await request({ idempotencyKey })).toMatchObject(queued);
  });

  it('every bad admission token is refused as a missing one', async () => {
    const [room, other] = [await open(), await open()];
    const { viewer, admissionToken, placeToken } = await room.admit();
    const foreign = await other.admit(viewer);
    const stranger = createBuyer();
    const bad = ['', 'nonsense', `${admissionToken.slice(0, -2)}xx`, placeToken, foreign.admissionToken];
    for (const token of bad)
      expect(await room.hold(viewer, [0], { admissionToken: token })).toMatchObject(required);
    expect(await room.hold(stranger, [0], { admissionToken })).toMatchObject(required);
  });

  it('a retry with an idempotency key needs no admission', async () => {
    const room = await open();
    const { viewer, admissionToken } = await room.admit();
    const idempotencyKey = randomUUID();
    const first = await room.hold(viewer, [1], { admissionToken, idempotencyKey });
    expect(await room.hold(viewer, [1], { idempotencyKey })).toEqual(first);
    expect(await room.hold(viewer, [2], { idempotencyKey: randomUUID() })).toMatchObject(required);
  });

  it('a revoked admission holds nothing, even with a token that is still valid', async () => {
    const room = await open();
    const { viewer, admissionToken, placeToken } = await room.admit();
    const booking = await room.hold(viewer, [3], { admissionToken });
    expect(await room.revoke(viewer)).toMatchObject({ result: { __typename: 'WaitingRoom' } });
    expect(await room.hold(viewer, [4], { admissionToken })).toMatchObject(required);
    expect(await room.claim(viewer, placeToken)).toMatchObject(required);
    const confirm = { bookingId: booking.result['id'] };
    expect(await room.mutate('confirmBooking', confirm, viewer)).toMatchObject({
      result: { status: 'CONFIRMED' },
    });
  });
});

describe('joinWaitingRoom', () => {
  it('gives a place, and number 0 if the room is off', async () => {
    const room = await RoomClient.create(client);
    const viewer = createBuyer();
    expect(await room.join(viewer)).toMatchObject({
      result: {
        __typename: 'WaitingRoomPlace',
        number: 0,
        ahead: 0,
        estimatedWaitSeconds: 0,
        chance: 'GOOD',
      },
    });
    await room.configure({ mode: 'ON' });
    expect(await room.join(viewer)).toMatchObject({ result: { number: 1 } });
    expect(await room.join(createBuyer())).toMatchObject({ result: { number: 2, ahead: 1 } });
  });

  it('returns an error as data', async () => {
    const [room, draft] = [await open(), await RoomClient.create(client, { status: 'DRAFT' })];
    const paused = await RoomClient.create(client, { status: 'PAUSED' });
    const viewer = createBuyer();
    const invalid = (field: string) => ({ result: { __typename: 'InvalidInputError', field } });
    expect(await room.join(viewer, 'x')).toMatchObject(invalid('placeToken'));
    expect(await room.join(viewer, null, 'x')).toMatchObject(invalid('eventId'));
    expect(await room.join(viewer, null, encodeEventId(999_999))).toMatchObject({
      result: { code: 'NOT_FOUND' },
    });
    expect(await draft.join(viewer)).toMatchObject({ result: { code: 'NOT_FOUND' } });
    expect(await paused.join(viewer)).toMatchObject({ result: { code: 'EVENT_NOT_ON_SALE' } });
    expect((await room.join(null)).code).toBe('UNAUTHENTICATED');
  });

  it('begins when the lobby opens, and only after its seed was committed to', async () => {
    const room = await RoomClient.create(client, { onSaleAt: new Date(Date.now() + HOUR_MS) });
    await room.configure({ mode: 'ON' });
    expect(await room.join(createBuyer())).toMatchObject({ result: { code: 'EVENT_NOT_ON_SALE' } });
    await room.configure({ lobbyOpensAt: new Date(Date.now() - 1_000).toISOString() });
    expect(await room.join(createBuyer())).toMatchObject({ result: { code: 'BUSY' } });
    await room.callAll();
    expect(await room.join(createBuyer())).toMatchObject({ result: { number: null, ahead: null } });
  });
});

describe('claimAdmission', () => {
  it('returns an error as data', async () => {
    const room = await open();
    const viewer = createBuyer();
    const place = String((await room.join(viewer)).result['token']);
    expect(await room.claim(viewer, place)).toMatchObject(required);
    const invalid = { result: { __typename: 'InvalidInputError', field: 'placeToken' } };
    expect(await room.claim(viewer, 'x')).toMatchObject(invalid);
    expect(await room.claim(createBuyer(), place)).toMatchObject(invalid);
  });
});

describe('leaveWaitingRoom', () => {
  it('gives the place back: joining again gives one at the end', async () => {
    const room = await open();
    const [first, second] = [createBuyer(), createBuyer()];
    await room.join(first);
    await room.join(second);
    expect(await room.leave(first)).toMatchObject({ result: { __typename: 'WaitingRoom', mode: 'ON' } });
    expect(await room.join(first)).toMatchObject({ result: { number: 3 } });
    expect(await room.leave(first, encodeEventId(999_999))).toMatchObject({ result: {}, code: undefined });
  });
});

describe('Event', () => {
  it('shows the waiting room and the proof of the draw, but not the seed before the draw', async () => {
    const room = await RoomClient.create(client, { onSaleAt: new Date(Date.now() + 600_000) });
    const viewer = createBuyer();
    const read = async () => {
      const query = `query ($e: ID!) { event(id: $e) { waitingRoom { mode state waiting }
        waitingRoomProof { commitment digest lobbySize seed joinIndex } } }`;
      return (await client.ask(query, { e: room.eventId }, viewer)).data.event;
    };
    expect(await read()).toEqual({
      waitingRoom: { mode: 'OFF', state: 'OFF', waiting: 0 },
      waitingRoomProof: null,
    });
    await room.configure({ mode: 'ON' });
    await room.callAll();
    await room.join(viewer);
    const { waitingRoom, waitingRoomProof } = await read();
    expect(waitingRoom).toMatchObject({ mode: 'ON', state: 'LOBBY' });
    expect(waitingRoomProof).toEqual({
      commitment: expect.stringMatching(/^[\da-f]{64}$/),
      digest: null,
      lobbySize: null,
      seed: null,
      joinIndex: 1,
    });
  });
});
