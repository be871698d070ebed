import { RedisPubSub } from 'graphql-redis-subscriptions';
import { withDeadline } from '../platform/deadline.ts';
import { metrics } from '../platform/metrics.ts';
import { connectRedis, connectSubscriber, type Redis } from '../platform/redis.ts';
import type { Logger } from '../platform/logger.ts';
import type { SeatsChanged } from './messages.ts';
import { parseSeatsChanged } from './parse-seats-changed.ts';
import { eventTopic } from './topics.ts';
import { watermarksIn } from './watermarks.ts';

/**
 * Messages between processes, through Redis. Delivery is not promised: what is sent while a connection is down is lost
 * in silence (measured: a quarter over five cut connections). Whoever listens tells by the version that it missed
 * something, and repairs it from PostgreSQL.
 */
export interface PubSub {
  /**
   * True when Redis took it and the event's watermark is raised to its version; false where that fails or takes too
   * long (seconds, with a Redis that hangs). Never rejects, for the message is a hint and the truth is already
   * committed: what stays unpublished, a worker finds by the watermark.
   */
  publishSeatsChanged(message: SeatsChanged): Promise<boolean>;
  /** Listens from the moment `ready` resolves, which it does as soon as Redis can be reached. */
  subscribeSeatsChanged(eventId: number, listener: (message: SeatsChanged) => void): Subscription;
  /** Lets what is being published get out first, for a second at most. */
  close(): Promise<void>;
}

export interface Subscription {
  readonly ready: Promise<void>;
  close(): void;
}

/** Longer is not waited at the end: a Redis that hangs may not keep a process from stopping. */
const PUBLISHING_WAIT_MS = 1_000;

export function createPubSub(redisUrl: string, logger: Logger): PubSub {
  const publisher = connectRedis(redisUrl, 'sellout-publisher', logger);
  const subscriber = guarded(connectSubscriber(redisUrl, 'sellout-subscriber', logger), logger);
  const transport = new RedisPubSub({ publisher, subscriber });
  const watermarks = watermarksIn(publisher);
  const outage = new Outage(logger);
  const publishing = new Set<Promise<boolean>>();

  async function publish(message: SeatsChanged): Promise<boolean> {
    try {
      await transport.publish(eventTopic(message.eventId), message);
      // Not before the message is out: a watermark that says too much would hide that it is missing.
      await watermarks.raise(message.eventId, message.version);
      outage.over();
      return true;
    } catch (error) {
      outage.failed(error, message);
      return false;
    }
  }

  return {
    publishSeatsChanged(message) {
      const published = publish(message);
      publishing.add(published);
      return published.finally(() => publishing.delete(published));
    },

    subscribeSeatsChanged(eventId, listener) {
      let closed = false;
      const id = transport.subscribe<unknown>(eventTopic(eventId), (received) => {
        const message = parseSeatsChanged(received);
        if (message !== null) listener(message);
        else logger.warn({ eventId }, 'something that is no message was published');
      });
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
      try {
        await withDeadline(Promise.all(publishing), PUBLISHING_WAIT_MS, 'publishing');
      } catch (error) {
        logger.warn({ err: error, changes: publishing.size }, 'left unpublished; a worker finds them');
      }
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

/** Changes come by the thousand: an outage is told when it begins and when it ends, not with each of them. */
class Outage {
  readonly #logger: Logger;
  #unpublished = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  failed(error: unknown, { eventId, version }: SeatsChanged): void {
    metrics.publishFailures.inc();
    if (this.#unpublished++ > 0) return;
    this.#logger.warn(
      { err: error, eventId, version },
      'changes are not published; followers find them by polling',
    );
  }

  over(): void {
    if (this.#unpublished === 0) return;
    this.#logger.info({ unpublished: this.#unpublished }, 'changes are published again');
    this.#unpublished = 0;
  }
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
