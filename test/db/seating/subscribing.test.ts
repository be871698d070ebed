import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import type { SeatsChanged } from '../../../src/messaging/messages.ts';
import { createPublisher, type Publisher } from '../../../src/messaging/publisher.ts';
import { createSubscriber, type Subscriber } from '../../../src/messaging/subscriber.ts';
import { makeBatchIds } from '../../support/batch-ids.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestRedis } from '../../support/services/redis.ts';
import { startStallingProxy } from '../../support/proxies/stalling-proxy.ts';

const message: SeatsChanged = {
  eventId: 1,
  fromVersion: 4,
  version: 5,
  ...makeBatchIds(5),
  seats: [[3, 2]],
  bookingIds: ['a'],
};

/** Each test has its own Redis, because tests break it. Collects errors that would end the process. */
async function start() {
  const server = await startTestRedis();
  const redis = connectRedis(server.url, 'test', silent);
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => lines.push(line) });
  const publisher = createPublisher(server.url, logger);
  const subscriber = createSubscriber(server.url, logger);
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', onUnhandled);
  onTestFinished(async () => {
    await publisher.close();
    subscriber.close();
    redis.disconnect();
    await server.stop();
    process.off('unhandledRejection', onUnhandled);
  });
  await eventually('Redis is connected', async () => redis.status === 'ready' && (await publish(publisher)));
  return { server, redis, publisher, subscriber, unhandled, lines };
}

const publish = (publisher: Publisher) => publisher.publishSeatsChanged(message);

function listen(subscriber: Subscriber, eventId = 1) {
  const heard: SeatsChanged[] = [];
  const subscription = subscriber.subscribeSeatsChanged(eventId, (one) => heard.push(one));
  return { heard, subscription };
}

async function subscribesOf(redis: Redis): Promise<{ readonly calls: number; readonly refused: number }> {
  const [, calls = '0', refused = '0'] =
    /^cmdstat_subscribe:calls=(\d+).*rejected_calls=(\d+)/m.exec(await redis.info('commandstats')) ?? [];
  return { calls: Number(calls), refused: Number(refused) };
}

async function subscribesAgain(publisher: Publisher, heard: readonly SeatsChanged[]): Promise<void> {
  await eventually('messages arrive again', async () => {
    await publish(publisher);
    return heard.length > 0;
  });
}

it('subscribes when Redis allows it, and logs one line until then', async () => {
  const { redis, publisher, subscriber, unhandled, lines } = await start();
  await redis.call('ACL', 'SETUSER', 'default', 'resetchannels');
  const { heard, subscription } = listen(subscriber);
  await eventually('it was refused again and again', async () => (await subscribesOf(redis)).refused >= 3);
  await redis.call('ACL', 'SETUSER', 'default', 'allchannels');
  await subscription.ready;
  await publish(publisher);
  await eventually('the message is heard', () => heard.length > 0);
  expect(unhandled).toEqual([]);
  expect(lines.filter((line) => line.includes('failed to subscribe'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('subscribed again'))).toHaveLength(1);
});

it('subscribes again after Redis refused a topic for a while', async () => {
  const { redis, publisher, subscriber, unhandled } = await start();
  const { heard, subscription } = listen(subscriber);
  await subscription.ready;
  // Redis closes connections that are subscribed to topics which they may no longer read.
  await redis.call('ACL', 'SETUSER', 'default', 'resetchannels');
  await eventually('it was refused', async () => (await subscribesOf(redis)).refused >= 1);
  await redis.call('ACL', 'SETUSER', 'default', 'allchannels');
  await subscribesAgain(publisher, heard);
  expect(unhandled).toEqual([]);
});

it('does not retry a topic that was unsubscribed while Redis refused it', async () => {
  const { redis, subscriber } = await start();
  await redis.call('ACL', 'SETUSER', 'default', 'resetchannels');
  listen(subscriber, 1).subscription.close();
  const left = listen(subscriber, 2).subscription;
  const { subscription } = listen(subscriber, 3);
  await eventually('two were refused again', async () => (await subscribesOf(redis)).refused >= 5);
  left.close();
  await redis.call('ACL', 'SETUSER', 'default', 'allchannels');
  await subscription.ready;
  expect(await redis.pubsub('CHANNELS')).toEqual(['event:{3}:changes']);
});

it('can be closed while Redis hangs', async () => {
  const { server, redis, subscriber, unhandled } = await start();
  server.freeze();
  listen(subscriber);
  subscriber.close();
  await server.kill();
  await server.restart();
  await eventually('Redis is back', () => redis.status === 'ready');
  expect(unhandled).toEqual([]);
});

it('keeps no topic that was subscribed and unsubscribed while Redis was unavailable', async () => {
  const { server, redis, subscriber } = await start();
  await server.kill();
  for (let eventId = 1; eventId <= 100; eventId++) listen(subscriber, eventId).subscription.close();
  const { subscription } = listen(subscriber, 101);
  await server.restart();
  await subscription.ready;
  await eventually('Redis is back', () => redis.status === 'ready');
  expect((await subscribesOf(redis)).calls).toBe(1);
  expect(await redis.pubsub('CHANNELS')).toEqual(['event:{101}:changes']);
});

it('notices that its connection is dead, and subscribes through another', async () => {
  const { server, publisher } = await start();
  await using proxy = await startStallingProxy(Number(new URL(server.url).port));
  const behind = createSubscriber(proxy.url(server.url), silent);
  onTestFinished(() => behind.close());
  const { heard, subscription } = listen(behind);
  await subscription.ready;
  proxy.deaden();
  await subscribesAgain(publisher, heard);
  expect(heard[0]).toEqual(message);
});
