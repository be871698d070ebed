import { Redis, type CommonRedisOptions } from 'ioredis';
import type { Logger } from '../observability/logger.ts';
import { describeError, StartupError } from '../startup-error.ts';

export type { Redis };

// guard: redis-socket-timeout
const common = {
  connectTimeout: 3_000,
  // For a host that is gone. A hung server's host answers TCP's own questions: only `socketTimeout` notices that.
  keepAlive: 10_000,
  // From a command on until anything is heard.
  socketTimeout: 5_000,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  // Always again, at most a second apart: while Redis is away everything goes on without it.
  retryStrategy: (attempt: number) => Math.min(50 * attempt, 1_000),
} satisfies CommonRedisOptions;

/** For commands: fails within a second or two while Redis is away, and never queues. */
export function connectRedis(url: string, name: string, logger: Logger): Redis {
  const redis = new Redis(url, {
    ...common,
    connectionName: name,
    commandTimeout: 2_000,
  });
  return withLog(redis, name, logger);
}

/**
 * Checks that a Redis answers, before anything is started on it.
 *
 * @throws {StartupError} if none does.
 */
export async function checkRedis(url: string): Promise<void> {
  const redis = new Redis(url, { ...common, lazyConnect: true, retryStrategy: () => null });
  // `connect` rejects with "Connection is closed"; the event has the reason.
  let reason: unknown;
  redis.on('error', (error) => (reason = error));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    const said = describeError(reason ?? error);
    throw new StartupError(`REDIS_URL: cannot connect to Redis at ${new URL(url).host}: ${said}.`, {
      cause: error,
    });
  } finally {
    redis.disconnect();
  }
}

/** How often a connection asks that otherwise only listens. With `socketTimeout` a dead one is ended within 8 s. */
const PING_EVERY_MS = 3_000;

/**
 * For SUBSCRIBE, which fails while Redis is away: after each `ready` whoever uses it subscribes anew. ioredis would do
 * that by itself, but drops the promise, and a refusal would end the process.
 */
export function connectSubscriber(url: string, name: string, logger: Logger): Redis {
  const redis = new Redis(url, { ...common, connectionName: name, autoResubscribe: false });
  // Silence is all that a line tells that has died, and a quiet event is silent too: so it is made to answer.
  const pinging = setInterval(() => {
    if (redis.status !== 'ready') return; // guard: redis-ping
    redis
      .ping()
      .catch((error: unknown) => logger.debug({ err: error, connection: name }, 'no response to PING'));
  }, PING_EVERY_MS).unref();
  redis.on('end', () => clearInterval(pinging));
  return withLog(redis, name, logger);
}

/** An `error` without a listener would end the process; each outage is one line, not one for every attempt. */
function withLog(redis: Redis, name: string, logger: Logger): Redis {
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
