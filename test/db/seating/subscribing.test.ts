import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import type { SeatsChanged } from '../../../src/messaging/messages.ts';
import { createPubSub, type PubSub } from '../../../src/messaging/pubsub.ts';
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

/** A Redis of its own for each test, for they break it; and whatever would have ended the process. */
async function start() {
  const server = await startTestRedis();
  const redis = connectRedis(server.url, 'test', silent);
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => lines.push(line) });
  const pubsub = createPubSub(server.url, logger);
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', onUnhandled);
  onTestFinished(async () => {
    await pubsub.close();
    redis.disconnect();
    await server.stop();
    process.off('unhandledRejection', onUnhandled);
  });
  await eventually('Redis is connected', async () => redis.status === 'ready' && (await publish(pubsub)));
  return { server, redis, pubsub, unhandled, lines };
}

const publish = (pubsub: PubSub) => pubsub.publishSeatsChanged(message);

function listen(pubsub: PubSub, eventId = 1) {
  const heard: SeatsChanged[] = [];
  const subscription = pubsub.subscribeSeatsChanged(eventId, (one) => heard.push(one));
  return { heard, subscription };
}

async function subscribesOf(redis: Redis): Promise<{ readonly calls: number; readonly refused: number }> {
  const [, calls = '0', refused = '0'] =
    /^cmdstat_subscribe:calls=(\d+).*rejected_calls=(\d+)/m.exec(await redis.info('commandstats')) ?? [];
  return { calls: Number(calls), refused: Number(refused) };
}

async function subscribesAgain(pubsub: PubSub, heard: readonly SeatsChanged[]): Promise<void> {
  await eventually('messages arrive again', async () => {
    await publish(pubsub);
    return heard.length > 0;
  });
}

it('subscribes when Redis allows it, and logs one line until then', async () => {
  const { redis, pubsub, unhandled, lines } = await start();
  await redis.call('ACL', 'SETUSER', 'default', 'resetchannels');
  const { heard, subscription } = listen(pubsub);
  await eventually('it was refused again and again', async () => (await subscribesOf(redis)).refused >= 3);
  await redis.call('ACL', 'SETUSER', 'default', 'allchannels');
  await subscription.ready;
  await publish(pubsub);
  await eventually('the message is heard', () => heard.length > 0);
  expect(unhandled).toEqual([]);
  expect(lines.filter((line) => line.includes('failed to subscribe'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('subscribed again'))).toHaveLength(1);
});

it('subscribes anew where it may not for a while what it did before', async () => {
  const { redis, pubsub, unhandled } = await start();
  const { heard, subscription } = listen(pubsub);
  await subscription.ready;
  // Redis cuts off whoever is subscribed to what it may no longer hear.
  await redis.call('ACL', 'SETUSER', 'default', 'resetchannels');
  await eventually('it was refused', async () => (await subscribesOf(redis)).refused >= 1);
  await redis.call('ACL', 'SETUSER', 'default', 'allchannels');
  await subscribesAgain(pubsub, heard);
  expect(unhandled).toEqual([]);
});

it('asks no more for what was let go while Redis refused it', async () => {
  const { redis, pubsub } = await start();
  await redis.call('ACL', 'SETUSER', 'default', 'resetchannels');
  listen(pubsub, 1).subscription.close();
  const left = listen(pubsub, 2).subscription;
  const { subscription } = listen(pubsub, 3);
  await eventually('two were refused again', async () => (await subscribesOf(redis)).refused >= 5);
  left.close();
  await redis.call('ACL', 'SETUSER', 'default', 'allchannels');
  await subscription.ready;
  expect(await redis.pubsub('CHANNELS')).toEqual(['event:{3}:changes']);
});

it('can be closed while a Redis that hangs has not answered', async () => {
  const { server, redis, pubsub, unhandled } = await start();
  server.freeze();
  listen(pubsub);
  await pubsub.close();
  await server.kill();
  await server.restart();
  await eventually('Redis is back', () => redis.status === 'ready');
  expect(unhandled).toEqual([]);
});

it('keeps nothing of what came and went while Redis was away', async () => {
  const { server, redis, pubsub } = await start();
  await server.kill();
  for (let eventId = 1; eventId <= 100; eventId++) listen(pubsub, eventId).subscription.close();
  const { subscription } = listen(pubsub, 101);
  await server.restart();
  await subscription.ready;
  await eventually('Redis is back', () => redis.status === 'ready');
  expect((await subscribesOf(redis)).calls).toBe(1);
  expect(await redis.pubsub('CHANNELS')).toEqual(['event:{101}:changes']);
});

it('notices that its connection is dead, and subscribes through another', async () => {
  const { server, pubsub } = await start();
  await using proxy = await startStallingProxy(Number(new URL(server.url).port));
  const behind = createPubSub(proxy.url(server.url), silent);
  onTestFinished(() => behind.close());
  const { heard, subscription } = listen(behind);
  await subscription.ready;
  proxy.deaden();
  await subscribesAgain(pubsub, heard);
  expect(heard[0]).toEqual(message);
});
