import { expect, it } from 'vitest';
import type { SeatsChanged } from '../../../src/messaging/messages.ts';
import { createPubSub, type PubSub } from '../../../src/messaging/pubsub.ts';
import { makeBatchIds } from '../../support/batch-ids.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestRedis } from '../../support/services/redis.ts';

const message: SeatsChanged = {
  eventId: 1,
  fromVersion: 0,
  version: 1,
  ...makeBatchIds(1),
  seats: [],
  bookingIds: [],
};

async function connected(pubsub: PubSub): Promise<PubSub> {
  await eventually('it is connected', () => pubsub.publishSeatsChanged(message));
  return pubsub;
}

it('lets what is being published get out first', async () => {
  await using server = await startTestRedis();
  const pubsub = await connected(createPubSub(server.url, silent));
  const published = Array.from({ length: 20 }, () => pubsub.publishSeatsChanged(message));
  await pubsub.close();
  expect(new Set(await Promise.all(published))).toEqual(new Set([true]));
});

it('does not wait until a Redis that hangs has failed', async () => {
  await using server = await startTestRedis();
  const pubsub = await connected(createPubSub(server.url, silent));
  server.freeze();
  const published = pubsub.publishSeatsChanged(message).then((done) => `published: ${done}`);
  expect(await Promise.race([published, pubsub.close().then(() => 'closed')])).toBe('closed');
  expect(await published).toBe('published: false');
  server.thaw();
});
