import { expect, it } from 'vitest';
import type { SeatsChanged } from '../../../src/messaging/messages.ts';
import { createPublisher, type Publisher } from '../../../src/messaging/publisher.ts';
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

async function connected(publisher: Publisher): Promise<Publisher> {
  await eventually('it is connected', () => publisher.publishSeatsChanged(message));
  return publisher;
}

it('publishes the changes in flight before it closes', async () => {
  await using server = await startTestRedis();
  const publisher = await connected(createPublisher(server.address, silent));
  const published = Array.from({ length: 20 }, () => publisher.publishSeatsChanged(message));
  await publisher.close();
  expect(new Set(await Promise.all(published))).toEqual(new Set([true]));
});

it('does not wait for a hung Redis to fail', async () => {
  await using server = await startTestRedis();
  const publisher = await connected(createPublisher(server.address, silent));
  server.freeze();
  const published = publisher.publishSeatsChanged(message).then((done) => `published: ${done}`);
  expect(await Promise.race([published, publisher.close().then(() => 'closed')])).toBe('closed');
  expect(await published).toBe('published: false');
  server.thaw();
});
