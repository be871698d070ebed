import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import type { HeldBooking, SeatReservation } from '../../../src/traffic/held-seats.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';
import { LimitedProcess, ManualClock } from './traffic.fixture.ts';

let redis: TestRedis;
let client: Redis;
let clock: ManualClock;

beforeAll(async () => {
  redis = await startTestRedis();
  client = connectRedis(redis.address, 'test', silent);
  await eventually('Redis is connected', () => client.status === 'ready');
});
beforeEach(async () => {
  clock = new ManualClock();
  await redis.everyNode((node) => node.flushall());
});
afterAll(async () => {
  client.disconnect();
  await redis.stop();
});

const EVENT = 7;
const wanted = { eventId: EVENT, seats: [], operation: 'holdSeats' };
const start = (address: number, network: number) =>
  LimitedProcess.start(redis.address, { heldSeats: { buyer: null, address, network } }, clock);
const booking = (status = 'HOLD'): HeldBooking => ({
  eventId: EVENT,
  id: randomUUID(),
  status,
  holdExpiresAtMs: clock.nowMs() + 300_000,
});

/** Reserves seats. Returns null if they are refused. */
function reserve(process: LimitedProcess, address: string, count: number): Promise<SeatReservation | null> {
  const budget = process.limits.open(address);
  return budget.reserveSeats({ ...wanted, count }).catch(() => null);
}

async function findKeys(pattern: string): Promise<string[]> {
  return (await redis.everyNode((node) => node.keys(pattern))).flat();
}

/** Returns the number of seats that count for one address or one network, in Redis. */
async function countSeats(scope: 'address' | 'network' = 'address'): Promise<number> {
  const [key = ''] = await findKeys(`event:{${EVENT}}:held:${scope}:*`);
  return client.zcard(key);
}

async function hold(process: LimitedProcess, address: string, count: number): Promise<HeldBooking> {
  const held = booking();
  (await reserve(process, address, count))?.settle(held);
  await eventually('the booking is stored', async () => {
    return (await client.exists(`event:{${EVENT}}:held:booking:${held.id}`)) === 1;
  });
  return held;
}

describe('the unconfirmed seats of an address', () => {
  it('are limited while many identities hold at the same time in two processes', async () => {
    await using one = await start(20, 100);
    await using two = await start(20, 100);
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, i) => reserve(i % 2 === 0 ? one : two, '192.0.2.1', 3)),
    );
    expect(results.filter((result) => result !== null)).toHaveLength(6);
    expect(await countSeats()).toBe(18);
    expect(await reserve(one, '192.0.2.2', 3)).not.toBeNull();
  });

  it('are limited in a network too', async () => {
    await using one = await start(20, 50);
    const results = await Promise.all(Array.from({ length: 30 }, (_, i) => reserve(one, `192.0.2.${i}`, 10)));
    expect(results.filter((result) => result !== null)).toHaveLength(5);
  });

  it('count no more when the hold is refused', async () => {
    await using one = await start(10, 100);
    (await reserve(one, '192.0.2.1', 10))?.giveBack();
    await eventually('the seats are given back', async () => (await countSeats()) === 0);
    expect(await reserve(one, '192.0.2.1', 10)).not.toBeNull();
  });

  it.each(['CONFIRMED', 'RELEASED'])('count no more when the booking is %s', async (status) => {
    await using one = await start(10, 100);
    const held = await hold(one, '192.0.2.1', 10);
    expect(await reserve(one, '192.0.2.1', 1)).toBeNull();
    // From another address: the buyer has changed networks.
    one.limits.open('203.0.113.9').followBooking({ ...held, status });
    await eventually('the seats are given back', async () => (await countSeats()) === 0);
    expect(await client.pttl(`event:{${EVENT}}:held:booking:${held.id}`)).toBeLessThanOrEqual(60_000);
  });

  it('count no more if another process confirms before this one has counted them', async () => {
    await using one = await start(10, 100);
    await using two = await start(10, 100);
    const held = booking();
    const reservation = await reserve(one, '192.0.2.1', 10);
    two.limits.open('192.0.2.1').followBooking({ ...held, status: 'CONFIRMED' });
    await eventually('the confirmation is noted', async () => {
      return (await client.get(`event:{${EVENT}}:held:booking:${held.id}`)) === 'ended';
    });
    expect(await countSeats()).toBe(10);
    reservation?.settle(held);
    await eventually('the seats are given back', async () => (await countSeats()) === 0);
  });

  it('count no more if another process confirms before this one has replaced them', async () => {
    await using one = await start(10, 100);
    await using two = await start(10, 100);
    const held = await hold(one, '192.0.2.1', 4);
    const reservation = await reserve(one, '192.0.2.1', 2);
    two.limits.open('192.0.2.1').followBooking({ ...held, status: 'CONFIRMED' });
    await eventually('the former seats are given back', async () => (await countSeats()) === 2);
    expect(await countSeats('network')).toBe(2);
    reservation?.replace(held);
    await eventually('the new seats are given back', async () => (await countSeats()) === 0);
  });

  it('count until the deadline of the hold, also if it is extended', async () => {
    await using one = await start(10, 100);
    const held = await hold(one, '192.0.2.1', 10);
    const extended = { ...held, holdExpiresAtMs: held.holdExpiresAtMs + 60_000 };
    one.limits.open('192.0.2.1').followBooking(extended);
    const [key = ''] = await findKeys('*:held:address:*');
    await eventually(
      'the extension counts',
      async () => (await client.zcount(key, extended.holdExpiresAtMs, '+inf')) === 10,
    );
    clock.advance(359_999);
    expect(await reserve(one, '192.0.2.1', 1)).toBeNull();
    clock.advance(1);
    expect(await reserve(one, '192.0.2.1', 10)).not.toBeNull();
  });

  it('count once if a response is repeated', async () => {
    await using one = await start(10, 100);
    const held = await hold(one, '192.0.2.1', 4);
    const again = await reserve(one, '192.0.2.1', 4);
    expect(await countSeats()).toBe(8);
    again?.settle(held);
    await eventually('the repeated seats are given back', async () => (await countSeats()) === 4);
  });

  it('are replaced when the hold gets other seats', async () => {
    await using one = await start(10, 100);
    const held = await hold(one, '192.0.2.1', 4);
    (await reserve(one, '192.0.2.1', 2))?.replace(held);
    await eventually('the former seats are given back', async () => (await countSeats()) === 2);
    one.limits.open('192.0.2.1').followBooking({ ...held, status: 'RELEASED' });
    await eventually('the new seats are given back', async () => (await countSeats()) === 0);
    expect(await countSeats('network')).toBe(0);
  });

  it('have an error that says when the next seat counts no more', async () => {
    await using one = await start(10, 100);
    await hold(one, '192.0.2.1', 10);
    clock.advance(100_000);
    const refused = one.limits.open('192.0.2.1').reserveSeats({ ...wanted, count: 1 });
    await expect(refused).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 200 });
  });

  it('count in a process that has seen them while Redis is unavailable, and are limited in each', async () => {
    await using one = await start(10, 100);
    await using two = await start(10, 100);
    await hold(one, '192.0.2.1', 4);
    await hold(one, '192.0.2.2', 10);
    const count = async (process: LimitedProcess, address: string) => {
      const results = await Promise.all(Array.from({ length: 20 }, () => reserve(process, address, 2)));
      return results.filter((result) => result !== null).length;
    };
    await redis.kill();
    try {
      await eventually('the processes notice', () =>
        [one, two].every((process) => process.redis.status !== 'ready'),
      );
      expect(await count(one, '192.0.2.1')).toBe(3);
      expect(await count(one, '192.0.2.2')).toBe(0);
      expect(await count(two, '192.0.2.2')).toBe(5);
    } finally {
      await redis.restart();
    }
  });
});
