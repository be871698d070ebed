import { afterAll, beforeAll } from 'vitest';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import { SeatMapCache } from '../../../src/seating/map/seat-map-cache.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';

/** A cache of seat maps in its own Redis, for one test file. */
export function cacheSuite() {
  let server: TestRedis;
  let redis: Redis;
  let cache: SeatMapCache;
  beforeAll(async () => {
    server = await startTestRedis();
    redis = await connected();
    cache = new SeatMapCache(redis, silent);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** Opens another connection. */
  async function connected(): Promise<Redis> {
    const connection = connectRedis(server.address, 'test', silent);
    await eventually('Redis is there', () => connection.status === 'ready');
    return connection;
  }

  return { server: () => server, redis: () => redis, cache: () => cache, connected };
}
