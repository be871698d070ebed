import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/platform/config/config.ts';
import type { RateLimitQuotas } from '../../../src/platform/config/rate-limits.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';
import { LimitedProcess, ManualClock } from './traffic.fixture.ts';

let redis: TestRedis;
let quotas: RateLimitQuotas;

beforeAll(async () => {
  redis = await startTestRedis();
  const { rateLimits } = loadConfig({
    DATABASE_URL: 'postgres://localhost/x',
    ...redis.env,
    AUTH_SECRET: 'x'.repeat(32),
  });
  if (rateLimits === null) throw new Error('rate limits are off by default');
  quotas = rateLimits;
});
beforeEach(() => redis.everyNode((node) => node.flushall()));
afterAll(() => redis.stop());

describe('the default limits', () => {
  it('let a school class of 30 behind one address buy at the same instant', async () => {
    await using process = await LimitedProcess.start(redis.address, quotas, new ManualClock());
    const address = '192.0.2.1';
    const refused: string[] = [];
    const call = async (group: keyof RateLimitQuotas & ('reads' | 'holds' | 'changes'), buyerId: string) => {
      if ((await process.try(address, { group, buyerId })) !== null) refused.push(group);
    };
    const buy = async (buyerId: string) => {
      if ((await process.try(address, { group: 'guests', eventId: null })) !== null) refused.push('guests');
      if ((await process.try(address, { group: 'subscriptions', buyerId })) !== null)
        refused.push('subscriptions');
      for (let i = 0; i < 20; i++) await call('reads', buyerId);
      for (let i = 0; i < 4; i++) await call('holds', buyerId);
      for (let i = 0; i < 4; i++) await call('changes', buyerId);
    };
    await Promise.all(Array.from({ length: 30 }, (_, i) => buy(`pupil ${i}`)));
    expect(refused).toEqual([]);
  });

  it('let one address that starts 1,395 sessions per second have 61 in ten seconds, and at most 240 holds', async () => {
    const clock = new ManualClock();
    await using process = await LimitedProcess.start(redis.address, quotas, clock);
    let guests = 0;
    let holds = 0;
    for (let i = 0; i < 100; i++) {
      guests += await process.count(140, '192.0.2.1', { group: 'guests', eventId: null });
      holds += await process.count(140, '192.0.2.1', { group: 'holds', buyerId: `guest ${i}` });
      clock.advance(100);
    }
    // The bucket of guests holds 60, and gets one back every 5 s.
    expect(guests).toBe(61);
    // Of holds, it holds 120 and gets back as many in ten seconds.
    expect(holds).toBeGreaterThan(0);
    expect(holds).toBeLessThanOrEqual(240);
  });
});
