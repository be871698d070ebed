import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { assertInvariants } from '../../support/booking.ts';
import { BuyerClient, socketTo } from '../../support/clients/buyer-client.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { outcomeOf, readRequest, request, RequestBench, requestFields } from './requests.fixture.ts';

let bench: RequestBench;
let hall: Hall;
let ada: BuyerClient;
let bob: BuyerClient;

beforeAll(async () => {
  bench = await RequestBench.start();
  [ada, bob] = await Promise.all([BuyerClient.start(bench.api.url), BuyerClient.start(bench.api.url)]);
});

beforeEach(async () => {
  await bench.startWorker();
  hall = await createHall(bench.app.database.reads);
});

afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

async function queueOnly(): Promise<void> {
  await bench.app.database.reads.$executeRaw(
    sql`UPDATE events SET booking_mode = 'QUEUED' WHERE id = ${hall.eventId}`,
  );
}

describe('requestHold', () => {
  it('queues a hold, which a worker makes', async () => {
    await bench.stopWorker();
    const first = await request(ada, hall.eventId, [2, 1], { idempotencyKey: 'a' });
    expect(first).toMatchObject({ __typename: 'HoldRequest', status: 'QUEUED', ahead: 0, result: null });
    const second = await request(bob, hall.eventId, [3], { idempotencyKey: 'b' });
    expect(second).toMatchObject({ status: 'QUEUED', ahead: 1 });
    expect(await bench.countBookings(hall.eventId)).toBe(0);
    await bench.startWorker();
    expect(await outcomeOf(ada, first.id)).toMatchObject({
      status: 'DONE',
      ahead: null,
      result: { __typename: 'Booking', status: 'HOLD', seats: [{ index: 1 }, { index: 2 }] },
    });
    expect((await outcomeOf(bob, second.id)).status).toBe('DONE');
    await assertInvariants(bench.app.database.reads);
  });

  it('returns the same request for the same key, before and after its outcome', async () => {
    await bench.stopWorker();
    const first = await request(ada, hall.eventId, [1, 2], { idempotencyKey: 'a' });
    const again = await request(ada, hall.eventId, [2, 1], { idempotencyKey: 'a' });
    expect(again).toEqual(first);
    await bench.startWorker();
    const outcome = await outcomeOf(ada, first.id);
    expect(await request(ada, hall.eventId, [1, 2], { idempotencyKey: 'a' })).toEqual(outcome);
    expect(await bench.countBookings(hall.eventId)).toBe(1);
  });

  it('rejects another input under the same key, before and after the outcome', async () => {
    await bench.stopWorker();
    const first = await request(ada, hall.eventId, [1], { idempotencyKey: 'a' });
    const conflict = { __typename: 'IdempotencyConflictError' };
    expect(await request(ada, hall.eventId, [2], { idempotencyKey: 'a' })).toMatchObject(conflict);
    await bench.startWorker();
    await outcomeOf(ada, first.id);
    expect(await request(ada, hall.eventId, [2], { idempotencyKey: 'a' })).toMatchObject(conflict);
  });

  it('keeps a refusal with its request', async () => {
    const won = await request(ada, hall.eventId, [5], { idempotencyKey: 'a' });
    await outcomeOf(ada, won.id);
    const lost = await request(bob, hall.eventId, [5, 6], { idempotencyKey: 'b' });
    const refused = {
      status: 'REFUSED',
      result: { __typename: 'SeatsUnavailableError', code: 'SEATS_UNAVAILABLE', seats: [{ index: 5 }] },
    };
    expect(await outcomeOf(bob, lost.id)).toMatchObject(refused);
    expect(await request(bob, hall.eventId, [5, 6], { idempotencyKey: 'b' })).toMatchObject(refused);
    expect(await bench.countBookings(hall.eventId)).toBe(1);
  });

  it('takes an alternative if the buyer accepts one', async () => {
    await outcomeOf(ada, (await request(ada, hall.eventId, [5], { idempotencyKey: 'a' })).id);
    const { id } = await request(bob, hall.eventId, [5], {
      idempotencyKey: 'b',
      onConflict: 'BEST_ALTERNATIVE',
    });
    expect(await outcomeOf(bob, id)).toMatchObject({ status: 'DONE', result: { __typename: 'Booking' } });
  });

  it('returns the booking of a direct hold with the same key', async () => {
    const held = await ada.hold(hall.eventId, [1], 'same');
    const { id } = await request(ada, hall.eventId, [1], { idempotencyKey: 'same' });
    expect((await outcomeOf(ada, id)).result).toMatchObject({ id: held?.['id'] });
    expect(await bench.countBookings(hall.eventId)).toBe(1);
  });

  it.each([
    ['no key', {}, 'idempotencyKey'],
    ['an empty key', { idempotencyKey: '' }, 'idempotencyKey'],
    ['a key that is too long', { idempotencyKey: 'k'.repeat(256) }, 'idempotencyKey'],
    ['no seats', { idempotencyKey: 'a', seatIds: [] }, 'seatIds'],
    ['no event', { idempotencyKey: 'a', eventId: 'x' }, 'eventId'],
  ])('rejects %s', async (_what, input, field) => {
    expect(await request(ada, hall.eventId, [1], input)).toMatchObject({
      __typename: 'InvalidInputError',
      field,
    });
  });

  it('rejects events and seats that do not exist', async () => {
    const missing = { __typename: 'NotFoundError' };
    expect(await request(ada, hall.eventId, [hall.seatCount], { idempotencyKey: 'a' })).toMatchObject(
      missing,
    );
    expect(await request(ada, 2_000_000_000, [1], { idempotencyKey: 'a' })).toMatchObject(missing);
  });

  it('shows a request to its buyer alone', async () => {
    const { id } = await request(ada, hall.eventId, [1], { idempotencyKey: 'a' });
    expect(await readRequest(bob, id)).toBeNull();
    await outcomeOf(ada, id);
    expect(await readRequest(bob, id)).toBeNull();
  });
});

describe('requestHoldBestAvailable', () => {
  it('holds the best seats', async () => {
    const answer = await ada.send(
      `mutation ($input: HoldBestAvailableInput!) { requestHoldBestAvailable(input: $input) { ${requestFields} } }`,
      { input: { eventId: encodeEventId(hall.eventId), quantity: 2, idempotencyKey: 'a' } },
    );
    const queued = answer.data?.['requestHoldBestAvailable'] as unknown as { id: string };
    const { status, result } = await outcomeOf(ada, queued.id);
    expect(status).toBe('DONE');
    expect(result?.['seats']).toHaveLength(2);
  });
});

describe('an event in mode QUEUED', () => {
  it('refuses direct holds, naming what to call', async () => {
    await queueOnly();
    expect(await ada.hold(hall.eventId, [1])).toMatchObject({
      __typename: 'InvalidInputError',
      message: expect.stringContaining('requestHold') as unknown,
    });
    const { id } = await request(ada, hall.eventId, [1], { idempotencyKey: 'a' });
    const { result } = await outcomeOf(ada, id);
    expect(await ada.confirm(String(result?.['id']))).toMatchObject({ status: 'CONFIRMED' });
  });
});

describe('holdRequestUpdates', () => {
  const subscription = `subscription ($id: ID!) { holdRequestUpdates(holdRequestId: $id) { ${requestFields} } }`;

  it('sends the place in the queue, then the outcome, and ends', async () => {
    await bench.stopWorker();
    const { id } = await request(ada, hall.eventId, [1], { idempotencyKey: 'a' });
    const updates = socketTo(bench.api.url, ada.token).iterate({ query: subscription, variables: { id } });
    expect((await updates.next()).value).toMatchObject({
      data: { holdRequestUpdates: { status: 'QUEUED', ahead: 0 } },
    });
    await bench.startWorker();
    expect((await updates.next()).value).toMatchObject({
      data: { holdRequestUpdates: { status: 'DONE', result: { __typename: 'Booking' } } },
    });
    expect((await updates.next()).done).toBe(true);
  });

  it('sends a settled request once', async () => {
    const { id } = await request(ada, hall.eventId, [1], { idempotencyKey: 'a' });
    await outcomeOf(ada, id);
    const updates = socketTo(bench.api.url, ada.token).iterate({ query: subscription, variables: { id } });
    expect((await updates.next()).value).toMatchObject({ data: { holdRequestUpdates: { status: 'DONE' } } });
    expect((await updates.next()).done).toBe(true);
  });

  it.each(['ada without a token', 'bob'])('tells %s nothing', async (who) => {
    const { id } = await request(ada, hall.eventId, [1], { idempotencyKey: 'a' });
    const socket = socketTo(bench.api.url, who === 'bob' ? bob.token : undefined);
    const updates = socket.iterate({ query: subscription, variables: { id } });
    const { value } = (await updates.next()) as { value: { errors?: { extensions?: { code?: string } }[] } };
    expect(value.errors?.[0]?.extensions?.code).toBe(who === 'bob' ? 'NOT_FOUND' : 'UNAUTHENTICATED');
  });
});
