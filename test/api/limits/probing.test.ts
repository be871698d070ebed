import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BuyerClient } from '../../support/clients/buyer-client.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall } from '../../support/hall.ts';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { request, outcomeOf, RequestBench } from '../requests/requests.fixture.ts';

type Result = { readonly __typename: string } & Readonly<Record<string, unknown>>;

let bench: RequestBench;
let redis: Redis;
let eventId: number;

beforeAll(async () => {
  bench = await RequestBench.start({ RATE_LIMITS: 'on', RATE_LIMIT_HOLDS: '1000,1000,1000' });
  redis = new Redis(bench.redis.url);
});
beforeEach(async () => {
  ({ eventId } = await createHall(bench.app.database.reads));
});
afterAll(async () => {
  redis.disconnect();
  await bench[Symbol.asyncDispose]();
});

async function run(buyer: BuyerClient, field: string, type: string, input: object): Promise<Result> {
  const { data } = (await buyer.send(
    `mutation ($input: ${type}!) { r: ${field}(input: $input) { __typename ... on Booking { id } ... on RateLimitedError { message retryAfterSeconds } } }`,
    { input },
  )) as { data: { r: Result } };
  return data.r;
}

const hold = (buyer: BuyerClient, seats: readonly number[]) =>
  run(buyer, 'holdSeats', 'HoldSeatsInput', {
    eventId: encodeEventId(eventId),
    seatIds: seats.map((seat) => encodeSeatId(eventId, seat)),
  });
/** Waits until the number of holds that Redis knows the client of is this one. */
const knownHolds = (count: number) =>
  eventually(`${count} known holds`, async () => {
    return (await redis.keys(`event:{${eventId}}:probing:hold:*`)).length === count;
  });

describe('a buyer who tries the same taken seats again and again', () => {
  it('is slowed, with a typed answer, and may still release and confirm', async () => {
    const [owner, sniper] = [await BuyerClient.start(bench.api.url), await BuyerClient.start(bench.api.url)];
    const own = await hold(sniper, [30]);
    await hold(owner, [1, 2]);
    let last: Result = own;
    await eventually('the sniper is refused', async () => {
      last = await hold(sniper, [1, 2]);
      return last.__typename === 'RateLimitedError';
    });
    expect(last).toMatchObject({
      message: expect.stringMatching(/^You tried to hold the same unavailable seats/) as string,
    });
    expect(await request(sniper, eventId, [20], { idempotencyKey: 'queued' })).toMatchObject({
      __typename: 'RateLimitedError',
    });
    expect(
      await run(sniper, 'confirmBooking', 'ConfirmBookingInput', { bookingId: own['id'] }),
    ).toMatchObject({
      __typename: 'Booking',
    });
    expect(await hold(await BuyerClient.start(bench.api.url), [3])).toMatchObject({ __typename: 'Booking' });
  });
});

describe('holds that come to nothing', () => {
  it('count when they are released', async () => {
    const buyer = await BuyerClient.start(bench.api.url);
    const held = await hold(buyer, [5]);
    await knownHolds(1);
    await run(buyer, 'releaseBooking', 'ReleaseBookingInput', { bookingId: held['id'] });
    await knownHolds(0);
    await eventually('the hold counts', async () => (await countWasted()) > 2);
    expect(await countWasted()).toBe(3);
  });

  it('count if they were queued', async () => {
    const buyer = await BuyerClient.start(bench.api.url);
    await bench.startWorker();
    const { id } = await request(buyer, eventId, [7], { idempotencyKey: 'one' });
    const { result } = await outcomeOf(buyer, id);
    await knownHolds(1);
    await run(buyer, 'releaseBooking', 'ReleaseBookingInput', { bookingId: result?.['id'] });
    await eventually('the hold counts', async () => (await countWasted()) > 2);
    expect(await countWasted()).toBe(3);
    const lost = await request(buyer, eventId, [8], { idempotencyKey: 'two' });
    await outcomeOf(buyer, lost.id);
    const late = await request(buyer, eventId, [8], { idempotencyKey: 'three' });
    await outcomeOf(buyer, late.id);
    await eventually('the worker has noted the attempt', async () => {
      const [key = ''] = await redis.keys(`event:{${eventId}}:probing:identity:*`);
      return (await redis.hexists(key, 'attempts')) === 1;
    });
    await bench.stopWorker();
  });
});

/** Returns the number of subjects with a hold that came to nothing: identity, address and network. */
async function countWasted(): Promise<number> {
  const keys = await redis.keys(`event:{${eventId}}:probing:*`);
  const found = await Promise.all(keys.map((key) => redis.hexists(key, 'wasted').catch(() => 0)));
  return found.filter((exists) => exists === 1).length;
}
