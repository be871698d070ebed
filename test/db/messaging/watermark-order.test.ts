import { expect, it } from 'vitest';
import { connectRedis } from '../../../src/platform/redis/redis.ts';
import { createPublisher, createWatermarks } from '../../../src/messaging/publisher.ts';
import { makeBatchIds } from '../../support/batch-ids.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestRedis } from '../../support/services/redis.ts';

it('raises no watermark for a change that could not be published', async () => {
  await using server = await startTestRedis();
  const redis = connectRedis(server.address, 'test', silent);
  const watermarks = createWatermarks(redis);
  const publisher = createPublisher(server.address, silent);
  const publish = (version: number) =>
    publisher.publishSeatsChanged({
      eventId: 1,
      fromVersion: version - 1,
      version,
      ...makeBatchIds(version),
      seats: [],
      bookingIds: [],
    });
  try {
    await eventually('Redis is connected', () => watermarks.reachable);
    await eventually('the first is published', async () => {
      await publish(1);
      return (await watermarks.read([1]))[0] === 1;
    });
    await server.everyNode((node) => node.call('ACL', 'SETUSER', 'default', '-publish'));
    await publish(2);
    expect(await watermarks.read([1])).toEqual([1]);
    await server.everyNode((node) => node.call('ACL', 'SETUSER', 'default', '+publish'));
    await publish(3);
    expect(await watermarks.read([1])).toEqual([3]);
  } finally {
    await publisher.close();
    redis.disconnect();
  }
});
