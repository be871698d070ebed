import { Redis as SingleRedis, type CommonRedisOptions } from 'ioredis';
import type { Logger } from '../observability/logger.ts';
import { metrics } from '../observability/metrics.ts';
import { onScrape } from '../observability/metrics/registry.ts';
import { parseNodeUrl, RedisCluster } from './redis-cluster.ts';
import { toMasterOptions, type Sentinels } from './sentinels.ts';

/** The URL of one Redis, sentinels that know where it is, or the URLs of nodes of a Redis Cluster. */
export type RedisAddress = string | Sentinels | readonly string[];

/**
 * A client for commands on one Redis or a Redis Cluster. Commands that read or write keys of their own choice are left out:
 * in a cluster, all keys of a command must be in one slot.
 */
export type Redis = Omit<
  SingleRedis | RedisCluster,
  'mget' | 'mgetBuffer' | 'mset' | 'msetnx' | 'sunion' | 'sinter' | 'sdiff' | 'rename'
>;

/** A connection to one server. */
export type RedisConnection = SingleRedis;

// guard: redis-socket-timeout
const common = {
  connectTimeout: 3_000,
  // Detects a host that is gone. If only the server hangs, its host still acknowledges: `socketTimeout` detects that.
  keepAlive: 10_000,
  // Maximum silence after a command was sent.
  socketTimeout: 5_000,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  // Reconnects forever, at least once a second. Sellout works without Redis meanwhile.
  retryStrategy: (attempt: number) => Math.min(50 * attempt, 1_000),
} satisfies CommonRedisOptions;

/** Connects for commands. While Redis is unreachable, they fail within two seconds and are never queued. */
export function connectRedis(address: RedisAddress, name: string, logger: Logger): Redis {
  const options = { ...common, connectionName: name, commandTimeout: 2_000 };
  if (!isCluster(address)) return reportState(connectToOne(address, options), name, logger);
  const cluster = new RedisCluster(address, options, common.retryStrategy);
  cluster.logNodes(name, logger);
  return reportState(cluster, name, logger);
}

/** Interval of PING on subscriber connections. Together with `socketTimeout` it ends a dead one within 8 s. */
const PING_EVERY_MS = 3_000;

/**
 * Connects for SUBSCRIBE, which fails while Redis is unreachable. The caller must subscribe again after each `ready`:
 * ioredis could do so itself, but drops the promise, so that a refusal would end the process.
 *
 * With sentinels, the connection moves to the new master when they report one, or when it breaks.
 *
 * In a cluster, every node delivers what is published on any of them. The connection is to one of them, and moves on to the
 * next when it breaks. ioredis' own subscriber of a cluster has neither PING nor a socket timeout: after a node hangs, it
 * hears nothing for seconds.
 */
export function connectSubscriber(address: RedisAddress, name: string, logger: Logger): RedisConnection {
  const options = { ...common, connectionName: name, autoResubscribe: false };
  const redis = isCluster(address) ? connectToAny(address, options) : connectToOne(address, options);
  // A dead connection is as silent as one without messages, so PING makes it respond.
  const pingTimer = setInterval(() => {
    if (redis.status !== 'ready') return; // guard: redis-ping
    redis
      .ping()
      .catch((error: unknown) => logger.debug({ err: error, connection: name }, 'no response to PING'));
  }, PING_EVERY_MS).unref();
  redis.on('end', () => clearInterval(pingTimer));
  return reportState(redis, name, logger);
}

function isCluster(address: RedisAddress): address is readonly string[] {
  return Array.isArray(address);
}

/** Connects to the Redis of a URL, or to the master that the sentinels name at each attempt. */
function connectToOne(
  address: string | Sentinels,
  options: Omit<CommonRedisOptions, 'replyMapping'>,
): RedisConnection {
  if (typeof address === 'string') return new SingleRedis(address, options);
  return new SingleRedis({ ...options, ...toMasterOptions(address) });
}

/** Connects to a random node. After each failure, tries the next one. */
function connectToAny(urls: readonly string[], options: typeof common): RedisConnection {
  const nodes = urls.map(parseNodeUrl);
  let at = Math.floor(Math.random() * nodes.length);
  const redis: RedisConnection = new SingleRedis({
    ...options,
    ...nodes[at],
    retryStrategy: (attempt) => {
      at = (at + 1) % nodes.length;
      Object.assign(redis.options, nodes[at]); // guard: subscriber-moves-on
      return options.retryStrategy(attempt);
    },
  });
  return redis;
}

const connections = new Map<Redis, string>();

onScrape(() => {
  metrics.redisUp.reset();
  for (const name of connections.values()) metrics.redisUp.set({ connection: name }, 1);
  for (const [redis, name] of connections) if (!isWhole(redis)) metrics.redisUp.set({ connection: name }, 0);
});

function isWhole(redis: Redis): boolean {
  return redis instanceof RedisCluster ? redis.isWhole : redis.status === 'ready';
}

/**
 * Returns the node that has a key, as an opaque name: a failure to answer says nothing about other nodes. One Redis has all
 * keys.
 */
export function getNodeOf(redis: Redis, key: string): string {
  return redis instanceof RedisCluster ? redis.getNodeOf(key) : '';
}

/** @throws if Redis does not answer, or if a cluster cannot serve all slots. */
export async function requireWhole(redis: Redis): Promise<void> {
  if (!(redis instanceof RedisCluster)) {
    await redis.ping();
    return;
  }
  const info = await redis.cluster('INFO');
  // guard: cluster-slots-served
  if (!/^cluster_state:ok\r$/m.test(info) || !/^cluster_slots_ok:16384\r$/m.test(info))
    throw new Error('the cluster does not serve all slots');
}

/** Reports the state of a connection. Logs one line per outage instead of one per attempt. An `error` without a listener would end the process. */
function reportState<R extends SingleRedis | RedisCluster>(redis: R, name: string, logger: Logger): R {
  connections.set(redis, name);
  redis.on('end', () => connections.delete(redis));
  let down = false;
  redis.on('error', (error: Error) => {
    if (!down) logger.warn({ err: error, connection: name }, 'redis is unreachable');
    down = true;
  });
  redis.on('ready', () => {
    if (down) logger.info({ connection: name }, 'redis is reachable again');
    down = false;
  });
  return redis;
}
