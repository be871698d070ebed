import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startRedis, type Redis } from '../../../scripts/local/redis/redis.ts';
import { startApi } from '../../../src/main/api.ts';
import { startWorker } from '../../../src/main/worker.ts';
import { loadConfig, type Config } from '../../../src/platform/config/config.ts';
import { checkRedis, checkRedisMode } from '../../../src/platform/redis/check-redis.ts';
import { TEST_SECRET } from '../../support/processes/server-process.ts';
import { createTestDatabase } from '../../support/services/database.ts';

let single: Redis;
let node: Redis;
/** A node of another cluster. */
let stranger: Redis;

const NOWHERE = 'redis://127.0.0.1:1';
const hostOf = ({ port }: Redis) => `127.0.0.1:${port}`;

beforeAll(async () => {
  const start = (isClusterNode: boolean) =>
    startRedis({
      folder: mkdtempSync(path.join(inject('scratchFolder'), 'services', 'redis-')),
      isClusterNode,
    });
  [single, node, stranger] = await Promise.all([start(false), start(true), start(true)]);
});
afterAll(() => Promise.all([single, node, stranger].map((each) => each.stop())));

describe('the check of Redis at startup', () => {
  it('refuses a node of a cluster as REDIS_URL, with one line', async () => {
    await expect(checkRedisMode(node.url)).rejects.toThrow(
      `REDIS_URL: ${hostOf(node)} is a node of a Redis Cluster. List the nodes of the cluster in REDIS_CLUSTER_URLS instead.`,
    );
    await expect(checkRedis(node.url)).rejects.toThrow('REDIS_URL');
  });

  it('refuses one Redis among REDIS_CLUSTER_URLS', async () => {
    await expect(checkRedisMode([node.url, single.url])).rejects.toThrow(
      `REDIS_CLUSTER_URLS: ${hostOf(single)} is not a node of a Redis Cluster. Use REDIS_URL for one Redis.`,
    );
  });

  it('refuses nodes of two clusters', async () => {
    await expect(checkRedisMode([node.url, stranger.url])).rejects.toThrow(
      `REDIS_CLUSTER_URLS: ${hostOf(stranger)} does not belong to the cluster of ${hostOf(node)}.`,
    );
  });

  it('accepts what is right, and what cannot be reached', async () => {
    for (const address of [single.url, [node.url], [NOWHERE, node.url], NOWHERE])
      await expect(checkRedisMode(address)).resolves.toBeUndefined();
    await expect(checkRedis([NOWHERE, node.url])).resolves.toBeUndefined();
  });

  it('names the setting and every node if none responds', async () => {
    await expect(checkRedis([NOWHERE, 'redis://127.0.0.1:2'])).rejects.toThrow(
      /^REDIS_CLUSTER_URLS: cannot connect to Redis at 127\.0\.0\.1:1: .*; cannot connect to Redis at 127\.0\.0\.1:2: .*\.$/,
    );
  });

  it('keeps the API from starting', async () => {
    await expect(startWrongly(startApi)).rejects.toThrow('REDIS_URL');
  });

  it('keeps the worker from starting', async () => {
    await expect(startWrongly(startWorker)).rejects.toThrow('REDIS_URL');
  });
});

/** Starts with a node of a cluster as REDIS_URL, and stops again. */
async function startWrongly(start: (config: Config) => Promise<{ stop(): Promise<void> }>): Promise<void> {
  await using database = await createTestDatabase();
  const env = { DATABASE_URL: database.url, AUTH_SECRET: TEST_SECRET, LOG_LEVEL: 'silent', PORT: '0' };
  const config = loadConfig({ ...env, REDIS_URL: node.url });
  const running = await start(config);
  await running.stop();
}
