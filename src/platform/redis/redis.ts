import { Redis, type CommonRedisOptions } from 'ioredis';
import type { Logger } from '../observability/logger.ts';
import { metrics } from '../observability/metrics.ts';
import { onScrape } from '../observability/metrics/registry.ts';
import { describeError, StartupError } from '../errors.ts';

export type { Redis };

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
export function connectRedis(url: string, name: string, logger: Logger): Redis {
  const redis = new Redis(url, {
    ...common,
    connectionName: name,
    commandTimeout: 2_000,
  });
  return reportState(redis, name, logger);
}

/**
 * Checks at startup that Redis responds.
 *
 * @throws {StartupError} if it does not.
 */
export async function checkRedis(url: string): Promise<void> {
  const redis = new Redis(url, { ...common, lazyConnect: true, retryStrategy: () => null });
  // `connect` rejects only with "Connection is closed"; the event has the cause.
  let reason: unknown;
  redis.on('error', (error) => (reason = error));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    const cause = describeError(reason ?? error);
    throw new StartupError(`REDIS_URL: cannot connect to Redis at ${new URL(url).host}: ${cause}.`, {
      cause: error,
    });
  } finally {
    redis.disconnect();
  }
}

/** Interval of PING on subscriber connections. Together with `socketTimeout` it ends a dead one within 8 s. */
const PING_EVERY_MS = 3_000;

/**
 * Connects for SUBSCRIBE, which fails while Redis is unreachable. The caller must subscribe again after each `ready`:
 * ioredis could do so itself, but drops the promise, so that a refusal would end the process.
 */
export function connectSubscriber(url: string, name: string, logger: Logger): Redis {
  const redis = new Redis(url, { ...common, connectionName: name, autoResubscribe: false });
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

const connections = new Map<Redis, string>();

onScrape(() => {
  metrics.redisUp.reset();
  for (const name of connections.values()) metrics.redisUp.set({ connection: name }, 1);
  for (const [redis, name] of connections)
    if (redis.status !== 'ready') metrics.redisUp.set({ connection: name }, 0);
});

/** Reports the state of a connection. Logs one line per outage instead of one per attempt. An `error` without a listener would end the process. */
function reportState(redis: Redis, name: string, logger: Logger): Redis {
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
