import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';
import { LimitedProcess, ManualClock } from './traffic.fixture.ts';

let redis: TestRedis;
let clock: ManualClock;

beforeAll(async () => {
  redis = await startTestRedis();
});

beforeEach(async () => {
  clock = new ManualClock();
  await redis.everyNode((node) => node.flushall());
});

afterAll(async () => {
  await redis.stop();
});

const start = (quotas: Parameters<typeof LimitedProcess.start>[1]) =>
  LimitedProcess.start(redis.address, quotas, clock);
const holds = (buyer: number, address: number, network: number) => ({ holds: { buyer, address, network } });

describe('the calls of a buyer', () => {
  it('are limited over all addresses and processes', async () => {
    await using one = await start(holds(10, 100, 100));
    await using two = await start(holds(10, 100, 100));
    const counts = await Promise.all([
      one.count(20, '192.0.2.1', { buyerId: 'b' }),
      two.count(20, '198.51.100.1', { buyerId: 'b' }),
    ]);
    expect(counts[0] + counts[1]).toBe(10);
  });

  it('come back with time, and the error says when', async () => {
    await using one = await start(holds(10, 100, 100));
    const buyer = { buyerId: 'b' };
    expect(await one.count(11, '192.0.2.1', buyer)).toBe(10);
    expect(await one.try('192.0.2.1', buyer)).toBe(1);
    clock.advance(999);
    expect(await one.try('192.0.2.1', buyer)).toBe(1);
    clock.advance(1);
    expect(await one.count(5, '192.0.2.1', buyer)).toBe(1);
    clock.advance(60_000);
    expect(await one.count(20, '192.0.2.1', buyer)).toBe(10);
  });

  it('have a budget for each event, and one for each group', async () => {
    await using one = await start({
      ...holds(10, 100, 100),
      changes: { buyer: 10, address: 100, network: 100 },
    });
    const buyer = { buyerId: 'b' };
    expect(await one.count(15, '192.0.2.1', { ...buyer, eventId: 1 })).toBe(10);
    expect(await one.count(15, '192.0.2.1', { ...buyer, eventId: 2 })).toBe(10);
    expect(await one.count(15, '192.0.2.1', { ...buyer, eventId: 1, group: 'changes' })).toBe(10);
    expect(await one.count(15, '192.0.2.1', { ...buyer, eventId: null })).toBe(10);
  });

  it('take nothing from the budget of the address while they are refused', async () => {
    await using one = await start(holds(10, 20, 100));
    expect(await one.count(100, '192.0.2.1', { buyerId: 'greedy' })).toBe(10);
    expect(await one.count(100, '192.0.2.1', { buyerId: 'patient' })).toBe(10);
  });
});

describe('the calls of an address', () => {
  it('are limited whatever identities it uses', async () => {
    await using one = await start(holds(10, 30, 100));
    const calls = Array.from({ length: 50 }, (_, i) => one.try('192.0.2.1', { buyerId: `guest ${i}` }));
    expect((await Promise.all(calls)).filter((result) => result === null)).toHaveLength(30);
    expect(await one.count(10, '192.0.2.2')).toBe(10);
  });

  it('count for its /64 network if it is IPv6', async () => {
    await using one = await start(holds(10, 30, 100));
    const calls = Array.from({ length: 50 }, (_, i) => one.try(`2001:db8:1:2:${i}::${i}`));
    expect((await Promise.all(calls)).filter((result) => result === null)).toHaveLength(30);
    expect(await one.count(5, '2001:db8:1:3::1')).toBe(5);
  });
});

describe('the calls of a network', () => {
  it.each([
    ['a /24 of IPv4', (i: number) => `192.0.2.${i}`, '192.0.3.1'],
    ['a /48 of IPv6', (i: number) => `2001:db8:1:${i}::1`, '2001:db8:2::1'],
  ])('are limited for %s', async (_, address, other) => {
    await using one = await start(holds(10, 30, 60));
    const calls = Array.from({ length: 200 }, (_unused, i) => one.try(address(i)));
    expect((await Promise.all(calls)).filter((result) => result === null)).toHaveLength(60);
    expect(await one.count(5, other)).toBe(5);
  });
});

describe('all calls of an address to one process', () => {
  it('are limited together, with the requests that contain them', async () => {
    await using one = await start({ calls: { buyer: null, address: 50, network: 100 } });
    for (let i = 0; i < 10; i++) one.limits.open('192.0.2.1').admit();
    const calls = Array.from({ length: 100 }, (_, i) => one.try('192.0.2.1', { eventId: i }));
    expect((await Promise.all(calls)).filter((result) => result === null)).toHaveLength(40);
    expect(() => one.limits.open('192.0.2.1').admit()).toThrow('Too many requests. Retry in 1 s.');
    expect(() => one.limits.open('192.0.2.2').admit()).not.toThrow();
  });
});

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Returns the number of scripts that Redis has run since its counters were reset. */
async function countScripts(): Promise<number> {
  const stats = await redis.everyNode((node) => node.info('commandstats'));
  return stats.reduce((sum, text) => sum + Number(/evalsha:calls=(\d+)/.exec(text)?.[1] ?? 0), 0);
}

describe('Redis', () => {
  it('gets keys of fixed length with the hash tag of the event, and nothing that clients send', async () => {
    // Small quotas, so that the keys outlive the test.
    await using one = await start({ ...holds(1, 1, 1), reads: { buyer: 1, address: 1, network: 1 } });
    await one.try('192.0.2.77', { buyerId: 'a-buyer' });
    await one.try('192.0.2.77', { eventId: null, group: 'reads' });
    const keys = (await redis.everyNode((node) => node.keys('*'))).flat();
    const hash = '[\\w-]{22}';
    expect(keys.toSorted()).toEqual([
      expect.stringMatching(new RegExp(`^event:\\{7\\}:limit:holds:address:${hash}$`)),
      expect.stringMatching(new RegExp(`^event:\\{7\\}:limit:holds:buyer:${hash}$`)),
      expect.stringMatching(new RegExp(`^event:\\{7\\}:limit:holds:network:${hash}$`)),
      expect.stringMatching(new RegExp(`^limit:\\{${hash}\\}:reads:address:${hash}$`)),
      expect.stringMatching(new RegExp(`^limit:\\{${hash}\\}:reads:network:${hash}$`)),
    ]);
    for (const key of keys) expect(await one.redis.pttl(key)).toBeLessThanOrEqual(10_000);
  });

  it('is not asked again about a bucket that is known to be empty', async () => {
    await using one = await start(holds(1, 100, 100));
    await one.count(2, '192.0.2.1', { buyerId: 'b' });
    await redis.everyNode((node) => node.config('RESETSTAT'));
    expect(await one.count(100, '192.0.2.1', { buyerId: 'b' })).toBe(0);
    expect(await countScripts()).toBe(0);
  });

  it('gets one script for the calls of one turn', async () => {
    await using one = await start({});
    await one.try('192.0.2.1');
    await redis.everyNode((node) => node.config('RESETSTAT'));
    await one.count(200, '192.0.2.1');
    expect(await countScripts()).toBe(1);
  });

  it('gets three scripts for the holds of one turn: for their seats, their deadlines and their signals', async () => {
    await using one = await LimitedProcess.start(redis.address, {}, clock, { antiProbing: true });
    const holdSeat = async (seat: number) => {
      const budget = one.limits.open('192.0.2.1');
      budget.identify(`buyer ${seat}`);
      const wanted = { eventId: 7, count: 1, seats: [seat], operation: 'holdSeats' };
      const reservation = await budget.reserveSeats(wanted);
      const holdExpiresAtMs = clock.nowMs() + 300_000;
      const held = { eventId: 7, id: `booking ${seat}`, status: 'HOLD', seats: [seat], holdExpiresAtMs };
      reservation.settle(held);
      budget.noteHeld(held);
    };
    await holdSeat(0);
    await one.limits.probing?.idle();
    await redis.everyNode((node) => node.config('RESETSTAT'));
    await Promise.all(Array.from({ length: 30 }, (_, i) => holdSeat(i + 1)));
    await one.limits.probing?.idle();
    expect(await countScripts()).toBe(3);
  });

  it('may lose everything: the limits then start again', async () => {
    await using one = await start(holds(10, 30, 60));
    expect(await one.count(40, '192.0.2.1')).toBe(30);
    await redis.everyNode((node) => node.flushall());
    clock.advance(1_000);
    expect(await one.count(40, '192.0.2.1')).toBe(30);
  });

  it('does not count as away because the process itself is late to read the responses', async () => {
    await using one = await start({});
    const budget = one.limits.open('192.0.2.1');
    budget.identify('b');
    // The scripts are loaded.
    await one.try('192.0.2.1');
    await budget.reserveSeats({ eventId: 7, count: 1, seats: [], operation: 'holdSeats' });
    const before = (await metrics.rateLimitsWithoutRedis.get()).values[0]?.value ?? 0;
    const call = one.try('192.0.2.1');
    const seats = budget.reserveSeats({ eventId: 7, count: 1, seats: [], operation: 'holdSeats' });
    // The calls of a turn leave at its end.
    await nextTurn();
    await nextTurn();
    const blockedUntil = performance.now() + 300;
    while (performance.now() < blockedUntil);
    expect(await call).toBeNull();
    expect((await seats).token).not.toBeNull();
    const after = (await metrics.rateLimitsWithoutRedis.get()).values[0]?.value ?? 0;
    expect(after - before).toBe(0);
  });

  it.each([
    ['killed', () => redis.kill(), () => redis.restart()],
    ['frozen', async () => redis.freeze(), async () => redis.thaw()],
  ])(
    'can be %s: each process then applies the limits to its own calls, from what it knew',
    async (_, fail, repair) => {
      await using one = await start(holds(10, 30, 60));
      await using two = await start(holds(10, 30, 60));
      expect(await one.count(5, '192.0.2.1')).toBe(5);
      const before = (await metrics.rateLimitsWithoutRedis.get()).values[0]?.value ?? 0;
      await fail();
      try {
        // It knows of five calls, the other process of none.
        expect(await one.count(50, '192.0.2.1')).toBe(25);
        expect(await two.count(50, '192.0.2.1')).toBe(30);
        expect(await one.count(50, '192.0.2.9', { buyerId: 'b' })).toBe(10);
        const after = (await metrics.rateLimitsWithoutRedis.get()).values[0]?.value ?? 0;
        expect(after - before).toBe(150);
      } finally {
        await repair();
      }
    },
  );
});

describe('a burst of refusals', () => {
  it('makes one log line with its reason and one with its size, and is counted', async () => {
    const one = await start(holds(10, 30, 60));
    metrics.rateLimited.reset();
    await one.count(100, '192.0.2.1', { operation: 'holdBestAvailable' });
    expect(one.log).toMatchObject([
      {
        msg: 'rate limit exceeded',
        limit: 'holds-address',
        operation: 'holdBestAvailable',
        retryAfterSeconds: 1,
      },
    ]);
    await one[Symbol.asyncDispose]();
    expect(one.log.slice(1)).toMatchObject([{ limit: 'holds-address', refused: 69 }]);
    expect((await metrics.rateLimited.get()).values).toMatchObject([
      { labels: { limit: 'holds-address', operation: 'holdBestAvailable' }, value: 70 },
    ]);
  });
});
