import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseWish, toRequestId, type Wish } from '../../../src/booking/requests/hold-request.ts';
import { RequestReads } from '../../../src/booking/requests/read-requests.ts';
import { RequestConsumer, type ConsumerLimits } from '../../../src/booking/requests/request-consumer.ts';
import { RequestQueue } from '../../../src/booking/requests/request-queue.ts';
import { BusyError } from '../../../src/platform/errors.ts';
import { hashIdempotencyKey } from '../../../src/platform/idempotency-key.ts';
import type { Logger } from '../../../src/platform/observability/logger.ts';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import { silent, startBookingProcess, type BookingProcess } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall } from '../../support/hall.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';

let database: TestDatabase;
let server: TestRedis;
let redis: Redis;
let app: BookingProcess;
let eventId: number;

beforeAll(async () => {
  [database, server] = await Promise.all([createTestDatabase(), startTestRedis()]);
  app = startBookingProcess(database.url);
  redis = connectRedis(server.address, 'test', silent);
  await eventually('Redis is connected', () => redis.status === 'ready');
});

beforeEach(async () => {
  ({ eventId } = await createHall(app.database.reads));
});

afterAll(async () => {
  redis.disconnect();
  await app[Symbol.asyncDispose]();
  await Promise.all([server.stop(), database.drop()]);
});

function aWish(seats: readonly number[], key: string = randomUUID(), ttlMs = 30_000): Wish {
  const buyerId = randomUUID();
  const hashes = hashIdempotencyKey(key, { seats });
  return {
    ...hashes,
    requestId: toRequestId(eventId, buyerId, { operation: 'holdSeats', ...hashes }),
    buyerId,
    expiresAtMs: Date.now() + ttlMs,
    isAdmitted: false,
    reservation: null,
    operation: 'holdSeats',
    seats,
    onConflict: 'FAIL',
  };
}

function consume(
  queue: RequestQueue,
  limits: Partial<ConsumerLimits> = {},
  logger: Logger = silent,
): RequestConsumer {
  const publisher = { publishRequestsSettled: () => Promise.resolve() };
  const { groupCommit } = app;
  const ctx = {
    db: app.database.worker,
    requestQueue: queue,
    groupCommit,
    publisher,
    heldSeats: null,
    rooms: { keepSlots: () => Promise.resolve() },
    queuedHolds: null,
    logger,
    eventLogger: silent,
  };
  return new RequestConsumer(ctx, limits);
}

/** Scans until the request has an outcome, and returns its status. */
async function decide(consumer: RequestConsumer, queue: RequestQueue, requestId: string): Promise<string> {
  const requests = new RequestReads({ db: app.database.reads, requestQueue: queue });
  let status = 'QUEUED';
  await eventually('the request has an outcome', async () => {
    await consumer.scan();
    status = (await requests.read(eventId, requestId))?.state.status ?? 'missing';
    return status !== 'QUEUED';
  });
  return status;
}

/** Number of scripts that Redis has run. */
async function countScripts(): Promise<number> {
  const statistics = await server.everyNode((node) => node.info('commandstats'));
  const calls = statistics.flatMap((text) => [...text.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)]);
  return calls.reduce((sum, [, count]) => sum + Number(count), 0);
}

const streamKey = () => `event:{${eventId}}:requests`;

describe('the queue', () => {
  it('has every request once, with its place', async () => {
    const queue = new RequestQueue(redis);
    const [first, second] = [aWish([1]), aWish([2])];
    expect(await queue.enqueue(eventId, first)).toMatchObject({ ahead: 0, buyerId: first.buyerId });
    expect(await queue.enqueue(eventId, second)).toMatchObject({ ahead: 1 });
    expect(await queue.enqueue(eventId, first)).toMatchObject({ ahead: 0 });
    expect(await redis.xlen(streamKey())).toBe(2);
  });

  it('refuses requests beyond its limit, but not one that it has', async () => {
    const queue = new RequestQueue(redis, 1);
    const first = aWish([1]);
    await queue.enqueue(eventId, first);
    await expect(queue.enqueue(eventId, aWish([2]))).rejects.toBeInstanceOf(BusyError);
    expect(await queue.enqueue(eventId, first)).toMatchObject({ ahead: 0 });
    expect(await redis.xlen(streamKey())).toBe(1);
  });

  it('adds requests that come together with one script, each once and up to its limit', async () => {
    const queue = new RequestQueue(redis, 3);
    // Loads the script.
    await queue.enqueue(eventId, aWish([0]));
    const [first, second, third] = [aWish([1]), aWish([2]), aWish([3])];
    const before = await countScripts();
    const added = await Promise.allSettled(
      [first, second, first, third].map((wish) => queue.enqueue(eventId, wish)),
    );
    expect(await countScripts()).toBe(before + 1);
    expect(added).toMatchObject([
      { value: { ahead: 1, isNew: true, buyerId: first.buyerId } },
      { value: { ahead: 2, isNew: true, buyerId: second.buyerId } },
      { value: { ahead: 1, isNew: false, buyerId: first.buyerId } },
      { reason: expect.any(BusyError) as unknown },
    ]);
    expect(await redis.xlen(streamKey())).toBe(3);
  });

  it('keeps an event active while it has requests', async () => {
    const queue = new RequestQueue(redis);
    await queue.enqueue(eventId, aWish([1]));
    await queue.forgetIfEmpty(eventId);
    expect(await queue.activeEvents()).toContain(eventId);
    await redis.del(streamKey());
    await queue.forgetIfEmpty(eventId);
    expect(await queue.activeEvents()).not.toContain(eventId);
  });

  it('keeps what a consumer that leaves has not settled', async () => {
    const queue = new RequestQueue(redis);
    const wish = aWish([1]);
    await queue.enqueue(eventId, wish);
    expect(await queue.take(eventId, 'gone', 10)).toHaveLength(1);
    await queue.leave(eventId, 'gone');
    const entries = await queue.takeOver(eventId, 'next', 0, 10);
    expect(entries).toMatchObject([{ requestId: wish.requestId, taken: 2 }]);
    await queue.settle(eventId, entries);
    await queue.leave(eventId, 'next');
    expect(await redis.xpending(streamKey(), 'holds')).toEqual([0, null, null, null]);
  });

  it('uses keys of one slot for each event', async () => {
    const queue = new RequestQueue(redis);
    await queue.enqueue(eventId, aWish([1]));
    const keys = (await server.everyNode((node) => node.keys(`*${eventId}*`))).flat();
    expect(keys.filter((key) => !key.startsWith(`event:{${eventId}}:`))).toEqual([]);
  });
});

describe('reading requests', () => {
  it('finds settled ones without Redis, also together with one that is lost', async () => {
    const queue = new RequestQueue(redis);
    const wish = aWish([1]);
    await queue.enqueue(eventId, wish);
    expect(await decide(consume(queue), queue, wish.requestId)).toBe('DONE');
    const away = connectRedis('redis://127.0.0.1:1', 'test', silent);
    try {
      const reads = new RequestReads({ db: app.database.reads, requestQueue: new RequestQueue(away) });
      const found = await Promise.allSettled(
        [wish, aWish([2])].map(({ requestId }) => reads.read(eventId, requestId)),
      );
      expect(found).toMatchObject([
        { value: { buyerId: wish.buyerId, state: { status: 'DONE', booking: { status: 'HOLD' } } } },
        { reason: expect.any(BusyError) as unknown },
      ]);
    } finally {
      away.disconnect();
    }
  });
});

describe('the consumer', () => {
  it('leaves no trace of a settled request in Redis', async () => {
    const queue = new RequestQueue(redis);
    const wish = aWish([1]);
    await queue.enqueue(eventId, wish);
    expect(await decide(consume(queue), queue, wish.requestId)).toBe('DONE');
    await eventually('it is acknowledged', async () => (await redis.xlen(streamKey())) === 0);
    expect(await redis.hlen(`${streamKey()}:open`)).toBe(0);
    expect(await redis.xpending(streamKey(), 'holds')).toEqual([0, null, null, null]);
  });

  it('waits without an error or a warning while Redis is unavailable, which its connection logs', async () => {
    const away = connectRedis('redis://127.0.0.1:1', 'test', silent);
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
    try {
      await consume(new RequestQueue(away), {}, logger).scan();
      expect(lines).toEqual([]);
    } finally {
      away.disconnect();
    }
  });

  it('expires requests that are too old', async () => {
    const queue = new RequestQueue(redis);
    const wish = aWish([1], randomUUID(), -1);
    await queue.enqueue(eventId, wish);
    expect(await decide(consume(queue), queue, wish.requestId)).toBe('EXPIRED');
  });

  it('buries what is not a request, and goes on', async () => {
    const queue = new RequestQueue(redis);
    const wish = aWish([1]);
    await redis.xadd(streamKey(), '*', 'id', 'x', 'wish', '{"operation":"holdEverything"}');
    await redis.xadd(streamKey(), '*', 'id', 'y', 'wish', JSON.stringify(wish));
    await redis.xadd(streamKey(), '*', 'nonsense', '1');
    await queue.enqueue(eventId, wish);
    expect(await decide(consume(queue), queue, wish.requestId)).toBe('DONE');
    await eventually('the queue is empty', async () => (await redis.xlen(streamKey())) === 0);
    expect(await redis.xlen(`${streamKey()}:dead`)).toBe(3);
  });

  it('buries a request that several attempts did not settle, and tells its buyer', async () => {
    const queue = new RequestQueue(redis);
    const wish = aWish([1]);
    await queue.enqueue(eventId, wish);
    await queue.take(eventId, 'gone', 10);
    await queue.takeOver(eventId, 'gone', 0, 10);
    const limits = { takeOverAfterMs: 0, takeOverEveryMs: 0, takenTimesMax: 2 };
    expect(await decide(consume(queue, limits), queue, wish.requestId)).toBe('EXPIRED');
    await eventually('it is buried', async () => (await redis.xlen(`${streamKey()}:dead`)) === 1);
  });

  it('forgets events without requests, and finds them again', async () => {
    const queue = new RequestQueue(redis);
    const consumer = consume(queue, { forgetAfterMs: 0 });
    const [first, second] = [aWish([1]), aWish([2])];
    await queue.enqueue(eventId, first);
    expect(await decide(consumer, queue, first.requestId)).toBe('DONE');
    await eventually('the event is forgotten', async () => {
      await consumer.scan();
      return !(await queue.activeEvents()).includes(eventId);
    });
    await queue.enqueue(eventId, second);
    expect(await decide(consumer, queue, second.requestId)).toBe('DONE');
  });

  it('decides requests of an event that it knows, even if the list of active events is lost', async () => {
    const queue = new RequestQueue(redis);
    const consumer = consume(queue);
    const [first, second] = [aWish([1]), aWish([2])];
    await queue.enqueue(eventId, first);
    expect(await decide(consumer, queue, first.requestId)).toBe('DONE');
    await queue.enqueue(eventId, second);
    await redis.del('requests:events');
    expect(await decide(consumer, queue, second.requestId)).toBe('DONE');
  });

  it('has an outcome for everything that it took when it has stopped', async () => {
    const queue = new RequestQueue(redis);
    const consumer = consume(queue);
    const wishes = Array.from({ length: 30 }, (_, seat) => aWish([seat]));
    for (const wish of wishes) await queue.enqueue(eventId, wish);
    await consumer.scan();
    await consumer.stop();
    const pending = (await redis.xpending(streamKey(), 'holds')) as [number];
    expect(pending[0]).toBe(0);
    expect(await redis.xinfo('CONSUMERS', streamKey(), 'holds')).toEqual([]);
  });
});

describe('a wish', () => {
  it.each(['', 'null', '[]', '{}', '{"operation":"holdSeats"}', JSON.stringify({ x: 1 })])(
    'is not %s',
    (json) => {
      expect(parseWish(json)).toBeNull();
    },
  );
});
