import { RedisPubSub } from 'graphql-redis-subscriptions';
import { withTimeout } from '../platform/with-timeout.ts';
import { metrics } from '../platform/observability/metrics.ts';
import { connectRedis, connectSubscriber } from '../platform/redis/redis.ts';
import type { Logger } from '../platform/observability/logger.ts';
import type { SeatsChanged } from './messages.ts';
import { parseSeatsChanged } from './parse-seats-changed.ts';
import { TopicsHeard } from './topic-subscriptions.ts';
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
  /** Listens from the moment `ready` resolves, which it does as soon as Redis can be reached and allows it. */
  subscribeSeatsChanged(eventId: number, listener: (message: SeatsChanged) => void): Subscription;
  /** Lets what is being published get out first, for a second at most. */
  close(): Promise<void>;
}

export interface Subscription {
  readonly ready: Promise<void>;
  close(): void;
}

/** Longer is not waited at the end: a Redis that hangs may not keep a process from stopping. */
const PUBLISHING_WAIT_MS = 1_000; // guard: publishing-wait

export function createPubSub(redisUrl: string, logger: Logger): PubSub {
  const publisher = connectRedis(redisUrl, 'sellout-publisher', logger);
  const topics = new TopicsHeard(connectSubscriber(redisUrl, 'sellout-subscriber', logger), logger);
  const transport = new RedisPubSub({ publisher, subscriber: topics.connection() });
  const watermarks = watermarksIn(publisher);
  const outage = new Outage(logger);
  const publishing = new Set<Promise<boolean>>();

  async function publish(message: SeatsChanged): Promise<boolean> {
    try {
      await transport.publish(eventTopic(message.eventId), message); // guard: watermark-after-publish
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
      const topic = eventTopic(eventId);
      const id = transport.subscribe<unknown>(topic, (received) => {
        const message = parseSeatsChanged(received); // guard: foreign-message-dropped
        if (message !== null) listener(message);
        else logger.warn({ eventId }, 'ignored an invalid pub/sub message');
      });
      return {
        ready: topics.heard(topic),
        close() {
          if (closed) return;
          closed = true;
          void id.then((known) => transport.unsubscribe(known));
        },
      };
    },

    async close() {
      try {
        // guard: publishing-finishes-before-close
        await withTimeout(Promise.all(publishing), PUBLISHING_WAIT_MS, 'publishing');
      } catch (error) {
        logger.warn(
          { err: error, changes: publishing.size },
          'changes not published; a worker will publish them',
        );
      }
      publisher.disconnect();
      topics.close();
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
      'failed to publish changes; subscribers fall back to polling',
    );
  }

  over(): void {
    if (this.#unpublished === 0) return;
    this.#logger.info({ unpublished: this.#unpublished }, 'publishing changes works again');
    this.#unpublished = 0;
  }
}
