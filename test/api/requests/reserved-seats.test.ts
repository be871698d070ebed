import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BuyerClient } from '../../support/clients/buyer-client.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall } from '../../support/hall.ts';
import { outcomeOf, request, RequestBench } from './requests.fixture.ts';

let bench: RequestBench;
let ada: BuyerClient;
let eventId: number;

beforeAll(async () => {
  bench = await RequestBench.start({ RATE_LIMITS: 'on', RATE_LIMIT_HELD_SEATS: '2,1000' });
  ada = await BuyerClient.start(bench.api.url);
});

beforeEach(async () => {
  await bench.stopWorker();
  ({ eventId } = await createHall(bench.app.database.reads));
});

afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

const limited = { __typename: 'RateLimitedError' };
const queued = { __typename: 'HoldRequest' };

describe('the seats of queued holds', () => {
  it('count from the request on, and once for each request', async () => {
    const first = await request(ada, eventId, [1], { idempotencyKey: 'first' });
    expect(await request(ada, eventId, [1], { idempotencyKey: 'first' })).toMatchObject({ id: first.id });
    expect(await request(ada, eventId, [2], { idempotencyKey: 'second' })).toMatchObject(queued);
    expect(await request(ada, eventId, [3], { idempotencyKey: 'third' })).toMatchObject(limited);
  });

  it('count until the hold is released', async () => {
    const first = await request(ada, eventId, [1, 2], { idempotencyKey: 'first' });
    await bench.startWorker();
    const { result } = await outcomeOf(ada, first.id);
    expect(await request(ada, eventId, [3], { idempotencyKey: 'second' })).toMatchObject(limited);
    await ada.send(
      'mutation ($input: ReleaseBookingInput!) { releaseBooking(input: $input) { __typename } }',
      { input: { bookingId: result?.['id'] } },
    );
    await eventually('the seats are given back', async () => {
      const again = await request(ada, eventId, [3], { idempotencyKey: 'third' });
      return again.__typename === 'HoldRequest';
    });
  });

  it('count no more when the request is refused', async () => {
    const first = await request(ada, eventId, [1], { idempotencyKey: 'first' });
    await bench.startWorker();
    await outcomeOf(ada, first.id);
    const lost = await request(ada, eventId, [1], { idempotencyKey: 'second' });
    expect((await outcomeOf(ada, lost.id)).status).toBe('REFUSED');
    await eventually('the seat is given back', async () => {
      const again = await request(ada, eventId, [2], { idempotencyKey: 'third' });
      return again.__typename === 'HoldRequest';
    });
  });
});
