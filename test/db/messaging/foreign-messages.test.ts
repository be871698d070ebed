import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import { eventTopic, type SeatsChanged } from '../../../src/messaging/messages.ts';
import { createPublisher, type Publisher } from '../../../src/messaging/publisher.ts';
import { createSubscriber, type Subscriber } from '../../../src/messaging/subscriber.ts';
import { makeBatchIds } from '../../support/batch-ids.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';

let server: TestRedis;
let redis: Redis;
let publisher: Publisher;
let subscriber: Subscriber;

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.address, 'test', silent);
  publisher = createPublisher(server.address, silent);
  subscriber = createSubscriber(server.address, silent);
  await eventually('Redis is connected', () => redis.status === 'ready');
});

afterAll(async () => {
  await publisher.close();
  subscriber.close();
  redis.disconnect();
  await server.stop();
});

const message: SeatsChanged = {
  eventId: 1,
  fromVersion: 4,
  version: 5,
  ...makeBatchIds(5),
  seats: [[3, 2]],
  bookingIds: ['a'],
};

/** Messages that another release, or a person at a terminal, could publish. None of them may end the process. */
const foreign: readonly unknown[] = [
  null,
  'good morning',
  5,
  [],
  {},
  { ...message, eventId: '1' },
  { ...message, version: 4 },
  { ...message, version: 5.5 },
  { ...message, fromVersion: -1 },
  { ...message, batchId: undefined },
  { ...message, batchId: 7 },
  { ...message, previousBatchId: 'the one before' },
  { ...message, seats: null },
  { ...message, seats: [3] },
  { ...message, seats: [[3]] },
  { ...message, seats: [[-1, 2]] },
  { ...message, seats: [[3, 4]] },
  { ...message, seats: [['3', 2]] },
  { ...message, bookingIds: undefined },
  { ...message, bookingIds: [7] },
];

it('delivers only valid messages, whatever is published', async () => {
  const heard: SeatsChanged[] = [];
  const subscription = subscriber.subscribeSeatsChanged(1, (one) => heard.push(one));
  await subscription.ready;
  for (const value of foreign) await redis.publish(eventTopic(1), JSON.stringify(value));
  for (const text of ['', '{', 'undefined', '\u0000']) await redis.publish(eventTopic(1), text);
  await publisher.publishSeatsChanged(message);
  await eventually('the message is heard', () => heard.length > 0);
  expect(heard).toEqual([message]);
  subscription.close();
});
