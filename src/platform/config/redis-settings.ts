import { z } from 'zod';
import type { RedisAddress } from '../redis/redis.ts';
import { getMasterName } from '../redis/sentinels.ts';
import { list, url } from './formats.ts';

/** A cluster has no numbered databases. */
const clusterNode = url('redis://host:6379', 'redis:', 'rediss:').refine(
  (value) => ['', '/', '/0'].includes(URL.parse(value)?.pathname ?? ''),
  'must be URLs without a path: a cluster has one database',
);

const sentinel = url('redis://host:26379/NAME', 'redis:', 'rediss:').refine(
  (value) => /^\/[\w.-]+$/.test(URL.parse(value)?.pathname ?? ''),
  'must be URLs with the name of the master, such as redis://host:26379/NAME',
);

/** The settings that say where Redis is. */
export const redisEnvironment = {
  REDIS_URL: url('redis://host:6379', 'redis:', 'rediss:').optional(),
  REDIS_SENTINELS: list
    .pipe(z.array(sentinel).min(1, 'must name a sentinel'))
    .refine((urls) => new Set(urls.map(getMasterName)).size <= 1, 'must all have the same name of the master')
    .default([]),
  REDIS_CLUSTER_URLS: list.pipe(z.array(clusterNode).min(1, 'must name a node')).default([]),
};

/** Exactly one of them is set. */
export const redisSettings = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_URLS'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns which of them is set; undefined if none is. */
export function findRedisSetting(env: Environment): (typeof redisSettings)[number] | undefined {
  return redisSettings.find((name) => (env[name] ?? '') !== '');
}

/** Returns the errors in their combination. */
export function findRedisFaults(given: Environment): readonly string[] {
  const [first, ...more] = redisSettings.filter((name) => given[name] !== undefined);
  if (first === undefined)
    return ['REDIS_URL: is required, unless REDIS_SENTINELS or REDIS_CLUSTER_URLS is set'];
  // guard: one-redis-setting
  if (more.length > 0) return more.map((name) => `${name}: cannot be set together with ${first}`);
  return [];
}

export function toRedisAddress(env: z.infer<z.ZodObject<typeof redisEnvironment>>): RedisAddress {
  if (env.REDIS_URL !== undefined) return env.REDIS_URL;
  return env.REDIS_SENTINELS.length > 0 ? { sentinels: env.REDIS_SENTINELS } : env.REDIS_CLUSTER_URLS;
}
