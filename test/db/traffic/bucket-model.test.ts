import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import { LocalBuckets, type Charge, SharedBuckets } from '../../../src/traffic/buckets.ts';
import { createPolicy } from '../../../src/traffic/policies.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';
import { Random } from '../../torture/random.ts';

let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.address, 'model', silent);
  await eventually('a connection to Redis', () => redis.status === 'ready');
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

it('the script decides as the process does, for 2,000 random batches of calls', async () => {
  const random = new Random(7);
  // Windows of an hour, so that no key expires by Redis' own clock during the test.
  const policies = [1, 2, 3, 7, 50].map((quota) => createPolicy(`p${quota}`, 'buyer', quota, 3_600));
  const keys = policies.flatMap((policy) =>
    [0, 1, 2].map((i): Charge => ({ key: `{m}:${policy.name}:${i}`, policy })),
  );
  let nowUs = 1_800_000_000_000_000;
  const shared = new SharedBuckets(redis, () => nowUs);
  const local = new LocalBuckets(1_000);
  let [admitted, refused] = [0, 0];
  for (let i = 0; i < 2_000; i++) {
    // Now and then, the clock is set back.
    nowUs += random.chance(0.05) ? -random.whole(0, 1_000_000_000) : random.whole(0, 400_000_000);
    const calls = Array.from({ length: random.whole(1, 6) }, () =>
      keys.filter(() => random.chance(1 / 6)),
    ).filter((charges) => charges.length > 0);
    if (calls.length === 0) continue;
    const verdicts = await Promise.all(calls.map((charges) => shared.take('m', charges)));
    const expected = calls.map((charges) => local.take(charges, nowUs));
    expect(verdicts.map((verdict) => verdict.refused)).toEqual(expected.map((verdict) => verdict.refused));
    const refusals = verdicts.filter((verdict) => verdict.refused !== null).length;
    refused += refusals;
    admitted += verdicts.length - refusals;
  }
  expect([admitted > 500, refused > 500]).toEqual([true, true]);
});
