import { RedisPubSub } from 'graphql-redis-subscriptions';
import { connectRedis, connectSubscriber, type Redis } from '../platform/redis.ts';
import type { Logger } from '../platform/logger.ts';
import type { SeatsChanged } from './messages.ts';
import { eventTopic } from './topics.ts';

/**
 * Messages between processes, through Redis. Delivery is not promised: what is sent while a connection is down is lost
 * in silence (measured: a quarter over five cut connections). Whoever listens tells by the version that it missed
 * something, and repairs it from PostgreSQL.
 */
export interface PubSub {
  /** Resolves when Redis took it; never rejects, for the message is a hint and the truth is already committed. */
  publishSeatsChanged(message: SeatsChanged): Promise<void>;
  /** Listens from the moment `ready` resolves, which it does as soon as Redis can be reached. */
  subscribeSeatsChanged(eventId: number, listener: (message: SeatsChanged) => void): Subscription;
  close(): Promise<void>;
}

export interface Subscription {
  readonly ready: Promise<void>;
  close(): void;
}

export function createPubSub(redisUrl: string, logger: Logger): PubSub {
  const publisher = connectRedis(redisUrl, 'sellout-publisher', logger);
  const subscriber = guarded(connectSubscriber(redisUrl, 'sellout-subscriber', logger), logger);
  const transport = new RedisPubSub({ publisher, subscriber });

  return {
    async publishSeatsChanged(message) {
      try {
        await transport.publish(eventTopic(message.eventId), message);
      } catch (error) {
        logger.warn(
          { err: error, eventId: message.eventId, version: message.version },
          'change not published',
        );
      }
    },

    subscribeSeatsChanged(eventId, listener) {
      let closed = false;
      const id = transport.subscribe<SeatsChanged>(eventTopic(eventId), listener);
      const ready = id.then(
        () => undefined,
        (error: unknown) => logger.warn({ err: error, eventId }, 'not subscribed'),
      );
      return {
        ready,
        close() {
          if (closed) return;
          closed = true;
          id.then(
            (known) => transport.unsubscribe(known),
            () => undefined, // Was never subscribed; `ready` has logged why.
          );
        },
      };
    },

    async close() {
      publisher.disconnect();
      subscriber.disconnect();
      await Promise.resolve();
    },
  };
}

/**
 * graphql-redis-subscriptions 2.7 drops the promises of UNSUBSCRIBE and, for a second listener of the same topic, of
 * SUBSCRIBE: one that fails while the connection closes would be an unhandled rejection and end the process.
 */
function guarded(redis: Redis, logger: Logger): Redis {
  return new Proxy(redis, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (property !== 'unsubscribe' && property !== 'punsubscribe') return value.bind(target) as unknown;
      return (...args: unknown[]) =>
        (value.apply(target, args) as Promise<unknown>).catch((error: unknown) => {
          logger.debug({ err: error }, 'unsubscribe failed');
        });
    },
  });
}
