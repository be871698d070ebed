import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { freePorts } from '../../../scripts/cluster/ports.ts';
import { ClusterPart } from '../../../scripts/cluster/redis/cluster-part.ts';
import { createWatermarks } from '../../../src/messaging/publisher.ts';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';

/** Enough to have some on every master. */
const EVENT_IDS = Array.from({ length: 20 }, (_, i) => i + 1);

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
