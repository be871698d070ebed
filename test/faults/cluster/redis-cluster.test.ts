import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { freePorts } from '../../../scripts/cluster/ports.ts';
import { ClusterPart } from '../../../scripts/cluster/redis/cluster-part.ts';
import { createPublisher, createWatermarks } from '../../../src/messaging/publisher.ts';
import { createSubscriber } from '../../../src/messaging/subscriber.ts';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { aChange } from '../../db/redis/cluster.fixture.ts';

/** Enough to have some on every master. */
const EVENT_IDS = Array.from({ length: 20 }, (_, i) => i + 1);
const SUBSCRIBERS = 24;
const RIGHT_WITHIN_MS = 2_000;

let part: ClusterPart;
let redis: Redis;

beforeAll(async () => {
  const folder = mkdtempSync(path.join(inject('scratchFolder'), 'services', 'redis-cluster-'));
  part = new ClusterPart({ folder, ports: await freePorts(), password: randomUUID() });
  await part.start();
  redis = connectRedis(part.env.REDIS_CLUSTER_URLS.split(','), 'test', silent);
});
afterAll(async () => {
  redis.disconnect();
  await Promise.all(part.nodes.map((node) => node.stop()));
});

it('serves all events again after a master was killed, and the healed node is a replica', async () => {
  const watermarks = createWatermarks(redis);
  const raiseAll = (version: number) =>
    Promise.all(EVENT_IDS.map((id) => watermarks.raise(id, version))).then(
      () => true,
      () => false,
    );
  await eventually('every event is served', () => raiseAll(1));

  const old = await part.findMaster();
  await old.kill();
  await eventually('every event is served without it', () => raiseAll(2));
  await old.heal();

  await eventually('it is a replica', async () => (await old.readState()) === 'replica');
  expect(await watermarks.read(EVENT_IDS)).toEqual(EVENT_IDS.map(() => 2));
});

it('delivers messages of all events within two seconds of a takeover, to all subscribers', async () => {
  const urls = part.env.REDIS_CLUSTER_URLS.split(',');
  const publisher = createPublisher(urls, silent);
  onTestFinished(() => publisher.close());
  const publishAll = async (version: number) => {
    const changes = EVENT_IDS.map((id) => aChange(id, version));
    const published = await Promise.all(changes.map((change) => publisher.publishSeatsChanged(change)));
    return !published.includes(false);
  };
  await eventually('it is connected', () => publishAll(1));
  // Each is at a node of its own choice, some of them at the one that is killed.
  const heard = Array.from({ length: SUBSCRIBERS }, () => new Set<string>());
  const subscriptions = heard.flatMap((messages) => {
    const subscriber = createSubscriber(urls, silent);
    onTestFinished(() => subscriber.close());
    return EVENT_IDS.map((id) =>
      subscriber.subscribeSeatsChanged(id, ({ version }) => messages.add(`${id} ${version}`)),
    );
  });
  await Promise.all(subscriptions.map(({ ready }) => ready));

  const old = await part.findMaster();
  await old.kill();
  let version = 1;
  await eventually('every event is served without it', () => publishAll(++version));
  const tookOverAt = performance.now();
  await eventually('all subscribers hear all events', async () => {
    await publishAll(++version);
    return heard.every((messages) => EVENT_IDS.every((id) => messages.has(`${id} ${version - 1}`)));
  });
  expect(performance.now() - tookOverAt).toBeLessThan(RIGHT_WITHIN_MS);
  await old.heal();
});
