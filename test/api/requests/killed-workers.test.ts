import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertInvariants } from '../../support/booking.ts';
import { BuyerClient } from '../../support/clients/buyer-client.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall } from '../../support/hall.ts';
import { crashPoints } from '../../support/processes/stepping-api.ts';
import { outcomeOf, readRequest, request, RequestBench } from './requests.fixture.ts';

let bench: RequestBench;
let ada: BuyerClient;
let bob: BuyerClient;

beforeAll(async () => {
  bench = await RequestBench.start();
  [ada, bob] = await Promise.all([BuyerClient.start(bench.api.url), BuyerClient.start(bench.api.url)]);
});

afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

describe('a worker killed while it decides requests', () => {
  it.each(crashPoints)(
    'after "%s", the outcome is stored: %s; another worker finishes',
    async (step, committed) => {
      const { eventId } = await createHall(bench.app.database.reads);
      const won = await request(ada, eventId, [3, 4], { idempotencyKey: step });
      const lost = await request(bob, eventId, [4], { idempotencyKey: step });
      const worker = await bench.startSteppingWorker({ step, batch: 1, signal: 'SIGKILL' });
      await worker.ended();
      expect(await bench.countBookings(eventId)).toBe(committed ? 1 : 0);
      expect((await readRequest(ada, won.id))?.status).toBe(committed ? 'DONE' : 'QUEUED');

      await bench.startWorker({ requestLimits: { takeOverAfterMs: 50, takeOverEveryMs: 20 } });
      expect(await outcomeOf(ada, won.id)).toMatchObject({ status: 'DONE', result: { status: 'HOLD' } });
      expect(await outcomeOf(bob, lost.id)).toMatchObject({
        status: 'REFUSED',
        result: { __typename: 'SeatsUnavailableError' },
      });
      await bench.stopWorker();
      expect(await bench.countBookings(eventId)).toBe(1);
      await assertInvariants(bench.app.database.reads);
    },
  );
});

describe('Redis, losing its data', () => {
  it('loses the requests that were queued, and no booking: the same key requests again', async () => {
    const { eventId } = await createHall(bench.app.database.reads);
    await bench.startWorker();
    const done = await request(ada, eventId, [1], { idempotencyKey: 'before' });
    expect((await outcomeOf(ada, done.id)).status).toBe('DONE');
    await bench.stopWorker();
    const queued = await request(ada, eventId, [2], { idempotencyKey: 'lost' });
    await bench.redis.restart();
    // Settled requests are read from PostgreSQL even while Redis is away.
    expect((await readRequest(ada, done.id))?.status).toBe('DONE');
    await eventually('Redis is back', async () => {
      const again = await request(ada, eventId, [2], { idempotencyKey: 'lost' });
      expect(['HoldRequest', 'BusyError']).toContain(again.__typename);
      return again.id === queued.id;
    });
    await bench.startWorker();
    expect((await outcomeOf(ada, queued.id)).status).toBe('DONE');
    await bench.stopWorker();
    expect(await bench.countBookings(eventId)).toBe(2);
  });
});

describe('two workers', () => {
  it('decide each request once', async () => {
    const { eventId, seatCount } = await createHall(bench.app.database.reads, { seatLimit: 100 });
    const seats = Array.from({ length: seatCount }, (_, seat) => seat);
    // Ada and Bob request every seat, so that exactly one of each pair is refused.
    const requests = await Promise.all(
      seats.flatMap((seat) =>
        [ada, bob].map(async (buyer) => ({
          buyer,
          ...(await request(buyer, eventId, [seat], { idempotencyKey: `${seat}` })),
        })),
      ),
    );
    const other = await bench.startSteppingWorker({ step: 'locked', batch: Infinity, signal: 'SIGKILL' });
    await bench.startWorker();
    const outcomes = await Promise.all(requests.map(async ({ buyer, id }) => outcomeOf(buyer, id)));
    await other.stop();
    await bench.stopWorker();
    expect(outcomes.filter(({ status }) => status === 'DONE')).toHaveLength(seatCount);
    expect(outcomes.filter(({ status }) => status === 'REFUSED')).toHaveLength(seatCount);
    expect(await bench.countBookings(eventId)).toBe(seatCount);
    await assertInvariants(bench.app.database.reads);
  });
});
