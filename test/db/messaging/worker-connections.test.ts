import { expect, it } from 'vitest';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { startWorker } from '../../../src/main/worker.ts';
import { createWatermarks } from '../../../src/messaging/publisher.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { connectRedis } from '../../../src/platform/redis/redis.ts';
import { createBuyerId, silent, startBookingProcess } from '../../support/booking.ts';
import { createTestDatabase } from '../../support/services/database.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall } from '../../support/hall.ts';
import { startTestRedis } from '../../support/services/redis.ts';

it('a worker publishes changes, and has no connection that could receive any', async () => {
  await using database = await createTestDatabase();
  await using server = await startTestRedis();
  await using app = startBookingProcess(database.url);
  const redis = connectRedis(server.url, 'test', silent);
  const watermarks = createWatermarks(redis);
  const worker = await startWorker(
    loadConfig({
      DATABASE_URL: database.url,
      REDIS_URL: server.url,
      AUTH_SECRET: 'a secret for tests, of no use to anybody else',
      LOG_LEVEL: 'silent',
    }),
  );
  try {
    const { eventId } = await createHall(app.database.reads);
    const order = { eventId, seats: [0], idempotencyKey: null, onConflict: 'FAIL' } as const;
    await holdSeats(app, { ...order, buyerId: createBuyerId() });
    await eventually('the worker has published the change', async () => {
      if (!watermarks.reachable) return false;
      return (await watermarks.read([eventId]))[0] === 1;
    });
    const clients = String(await redis.client('LIST'))
      .trim()
      .split('\n');
    const names = clients.map((client) => / name=(\S*)/.exec(client)?.[1]);
    expect(new Set(names)).toEqual(new Set(['sellout-publisher', 'sellout-worker', 'test']));
    expect(names).toHaveLength(3);
    expect(clients.filter((client) => !/ sub=0 psub=0 /.test(client))).toEqual([]);
  } finally {
    await worker.stop();
    redis.disconnect();
  }
});
