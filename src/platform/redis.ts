import { Redis, type CommonRedisOptions } from 'ioredis';
import type { Logger } from './logger.ts';

export type { Redis };

const common = {
  connectTimeout: 3_000,
  // A hung server is otherwise never noticed; long enough for the quiet of a pub/sub connection that pings.
  keepAlive: 10_000,
  // Always again, at most a second apart: while Redis is away everything goes on without it.
  retryStrategy: (attempt: number) => Math.min(50 * attempt, 1_000),
} satisfies CommonRedisOptions;

/** For commands: fails within a second or two while Redis is away, and never queues. */
export function connectRedis(url: string, name: string, logger: Logger): Redis {
  const redis = new Redis(url, {
    ...common,
    connectionName: name,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 2_000,
    socketTimeout: 5_000,
  });
  return withLog(redis, name, logger);
}

/** For SUBSCRIBE: waits for as long as it takes, and subscribes anew after each reconnect. */
export function connectSubscriber(url: string, name: string, logger: Logger): Redis {
  const redis = new Redis(url, {
    ...common,
    connectionName: name,
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    autoResubscribe: true,
  });
  return withLog(redis, name, logger);
}

/** An `error` without a listener would end the process; each outage is one line, not one for every attempt. */
function withLog(redis: Redis, name: string, logger: Logger): Redis {
  let down = false;
  redis.on('error', (error: Error) => {
    if (!down) logger.warn({ err: error, connection: name }, 'redis is out of reach');
    down = true;
  });
  redis.on('ready', () => {
    if (down) logger.info({ connection: name }, 'redis is back');
    down = false;
  });
  return redis;
}
