import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { freePorts } from '../../../scripts/cluster/ports.ts';
import { SentinelPart } from '../../../scripts/cluster/redis/sentinel-part.ts';
import { createPublisher, createWatermarks, type Publisher } from '../../../src/messaging/publisher.ts';
import { createSubscriber } from '../../../src/messaging/subscriber.ts';
import { checkRedis, checkRedisMode } from '../../../src/platform/redis/check-redis.ts';
import { connectRedis } from '../../../src/platform/redis/redis.ts';
import type { Sentinels } from '../../../src/platform/redis/sentinels.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { aChange } from './cluster.fixture.ts';

const EVENT_ID = 1;
const PASSWORD = 'a-password-of-redis-and-of-its-sentinels';
const NOWHERE = 'redis://127.0.0.1:1/sellout';

let part: SentinelPart;
let address: Sentinels;

beforeAll(async () => {
  const folder = mkdtempSync(path.join(inject('scratchFolder'), 'services', 'sentinels-'));
  part = new SentinelPart({ folder, ports: await freePorts(), password: PASSWORD, master: 'redis-1' });
  await part.start();
  address = { sentinels: part.env.REDIS_SENTINELS.split(',') };
});
afterAll(() => Promise.all(part.nodes.map((node) => node.stop())));

describe('Redis behind sentinels', () => {
  it.each([
    ['killed', 1_000_000],
    ['frozen', 2_000_000],
  ] as const)('is used again after the master was %s', async (how, watermark) => {
    const [publisher, listener] = await startPubSub();
    const watermarks = createWatermarks(await connect());
    const old = await part.findMaster();
    await (how === 'killed' ? old.kill() : old.pause());

    await eventually('another node is the master', async () => (await part.findMaster()) !== old);
    let version = 0;
    await eventually('a message arrives', async () => {
      await publisher.publishSeatsChanged(aChange(EVENT_ID, ++version));
      return listener.heard > 0;
    });
    await eventually('a watermark is written', () =>
      watermarks.raise(EVENT_ID, watermark).then(
        () => true,
        () => false,
      ),
    );
    expect(await watermarks.read([EVENT_ID])).toEqual([watermark]);
    await old.heal();
    await eventually('the old master is a replica', async () => (await old.readState()) === 'replica');
  });
});

it('every connection finds the new master, even if it was asking for one when the sentinels reported it', async () => {
  const connections = await Promise.all(Array.from({ length: 30 }, connect));
  const old = await part.findMaster();
  // Connections ask it first, and wait for half a second: nearly all of them are asking when the others report.
  const [asked] = part.sentinels;
  asked?.pause();
  await old.kill();
  await eventually('another node is the master', async () => (await part.findMaster()) !== old);
  await eventually('all are connected', () => connections.every(({ status }) => status === 'ready'));
  await expect(Promise.all(connections.map((redis) => redis.set('written by', 'all')))).resolves.toHaveLength(
    30,
  );
  await old.heal();
  await eventually('the old master is a replica', async () => (await old.readState()) === 'replica');
  await asked?.heal();
});

describe('the check at startup', () => {
  it('refuses a sentinel as REDIS_URL or in REDIS_CLUSTER_URLS, with one line', async () => {
    const url = withoutName(address.sentinels[0]);
    const { host } = new URL(url);
    const message = `${host} is a sentinel. List sentinels in REDIS_SENTINELS instead.`;
    await expect(checkRedisMode(url)).rejects.toThrow(`REDIS_URL: ${message}`);
    await expect(checkRedisMode([url])).rejects.toThrow(`REDIS_CLUSTER_URLS: ${message}`);
  });

  it('refuses a Redis as a sentinel', async () => {
    const { url } = await part.findMaster();
    await expect(checkRedisMode({ sentinels: [`${url}/sellout`] })).rejects.toThrow(
      `REDIS_SENTINELS: ${new URL(url).host} is not a sentinel. Use REDIS_URL for one Redis.`,
    );
  });

  it('refuses the name of a master that a sentinel does not know', async () => {
    const url = `${withoutName(address.sentinels[0])}/other`;
    await expect(checkRedisMode({ sentinels: [NOWHERE, url] })).rejects.toThrow(
      `REDIS_SENTINELS: ${new URL(url).host} knows no master called other.`,
    );
  });

  it('accepts sentinels, also if some do not respond', async () => {
    await expect(checkRedis(address)).resolves.toBeUndefined();
    await expect(checkRedis({ sentinels: [NOWHERE, ...address.sentinels] })).resolves.toBeUndefined();
    await expect(checkRedisMode({ sentinels: [NOWHERE] })).resolves.toBeUndefined();
    await expect(checkRedis({ sentinels: [NOWHERE] })).rejects.toThrow(
      /^REDIS_SENTINELS: cannot connect to Redis at 127\.0\.0\.1:1: /,
    );
  });
});

function withoutName(url = ''): string {
  return url.replace(/\/sellout$/, '');
}

async function connect() {
  const redis = connectRedis(address, 'test', silent);
  onTestFinished(() => redis.disconnect());
  await eventually('it is connected', () => redis.status === 'ready');
  return redis;
}

/** Returns a publisher, and what a subscriber has heard. */
async function startPubSub(): Promise<[Publisher, { heard: number }]> {
  const [publisher, subscriber] = [createPublisher(address, silent), createSubscriber(address, silent)];
  onTestFinished(() => {
    subscriber.close();
    return publisher.close();
  });
  const listener = { heard: 0 };
  await subscriber.subscribeSeatsChanged(EVENT_ID, ({ version }) => void (listener.heard = version)).ready;
  return [publisher, listener];
}
