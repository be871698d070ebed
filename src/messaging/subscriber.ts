import { RedisPubSub } from 'graphql-redis-subscriptions';
import type { Logger } from '../platform/observability/logger.ts';
import { connectSubscriber, type RedisAddress, type RedisConnection } from '../platform/redis/redis.ts';
import {
  eventTopic,
  parseAdmissionRevoked,
  parseRequestsSettled,
  parseSeatsChanged,
  requestsTopic,
  REVOCATIONS_TOPIC,
  type AdmissionRevoked,
  type RequestsSettled,
  type SeatsChanged,
} from './messages.ts';

/** Receives messages from other processes through Redis. Messages can be lost; see Publisher. */
export interface Subscriber {
  /** Calls `listener` for each message of the event. */
  subscribeSeatsChanged(eventId: number, listener: (message: SeatsChanged) => void): Subscription;
  /** Calls `listener` when hold requests of the event are settled. */
  subscribeRequestsSettled(eventId: number, listener: (message: RequestsSettled) => void): Subscription;
  /** Calls `listener` for each admission that is revoked, of any event. */
  subscribeAdmissionRevoked(listener: (message: AdmissionRevoked) => void): Subscription;
  close(): void;
}

export interface Subscription {
  /** Resolves when Redis has confirmed the subscription, which can take as long as Redis is unavailable. */
  readonly ready: Promise<void>;
  close(): void;
}

export function createSubscriber(address: RedisAddress, logger: Logger): Subscriber {
  const topics = new TopicSubscriptions(connectSubscriber(address, 'sellout-subscriber', logger), logger);
  const connection = topics.connection();
  const dispatcher = new RedisPubSub({ subscriber: connection, publisher: connection });
  function subscribe<Message>(
    topic: string,
    parse: (received: unknown) => Message | null,
    listener: (message: Message) => void,
  ): Subscription {
    let closed = false;
    const id = dispatcher.subscribe<unknown>(topic, (received) => {
      const message = parse(received); // guard: foreign-message-dropped
      if (message !== null) listener(message);
      else logger.warn({ topic }, 'ignored an invalid pub/sub message');
    });
    return {
      ready: topics.subscribed(topic),
      close() {
        if (closed) return;
        closed = true;
        void id.then((known) => dispatcher.unsubscribe(known));
      },
    };
  }
  return {
    subscribeSeatsChanged: (eventId, listener) => subscribe(eventTopic(eventId), parseSeatsChanged, listener),
    subscribeRequestsSettled: (eventId, listener) =>
      subscribe(requestsTopic(eventId), parseRequestsSettled, listener),
    subscribeAdmissionRevoked: (listener) => subscribe(REVOCATIONS_TOPIC, parseAdmissionRevoked, listener),
    close: () => topics.close(),
  };
}

/** Delay before Redis is asked again after it refused a subscription: the first, and the maximum. */
const RETRY_MS_MIN = 200;
const RETRY_MS_MAX = 5_000;

interface Topic {
  readonly name: string;
  readonly subscribed: PromiseWithResolvers<void>;
}

/**
 * The topics that this process subscribes to. Sends SUBSCRIBE on every new connection, and retries for as long as Redis
 * refuses (an ACL, a server that is loading). Neither ioredis nor graphql-redis-subscriptions 2.7 can do this: both drop
 * the promise of SUBSCRIBE, so that a failure becomes an unhandled rejection and ends the process. Nothing is queued
 * while Redis is unavailable, and a topic without subscribers is forgotten.
 */
class TopicSubscriptions {
  readonly #redis: RedisConnection;
  readonly #logger: Logger;
  readonly #wanted = new Map<string, Topic>();
  readonly #refused = new Set<Topic>();
  #refusals = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(redis: RedisConnection, logger: Logger) {
    this.#redis = redis;
    this.#logger = logger;
    // A new connection has no subscriptions.
    redis.on('ready', () => this.#subscribeAll()); // guard: resubscribe-on-ready
  }

  /** Resolves when Redis first confirms the topic. Never resolves if the topic is dropped before. */
  async subscribed(name: string): Promise<void> {
    await this.#wanted.get(name)?.subscribed.promise;
  }

  /**
   * Returns a connection for graphql-redis-subscriptions, which only dispatches messages. Its SUBSCRIBE succeeds at once;
   * this class sees to it that Redis sends the messages.
   */
  connection(): RedisConnection {
    const connection: Pick<RedisConnection, 'on'> & Record<string, unknown> = {
      on: this.#redis.on.bind(this.#redis),
      subscribe: (name: string, done: (error: null) => void) => {
        this.#add(name);
        done(null);
      },
      unsubscribe: (name: string) => this.#drop(name),
      // The library also ends every topic as a pattern. There are no patterns.
      punsubscribe: () => undefined,
    };
    return connection as unknown as RedisConnection;
  }

  close(): void {
    this.#wanted.clear();
    this.#refused.clear();
    this.#stopRetrying();
    this.#redis.disconnect();
  }

  #add(name: string): void {
    const topic: Topic = { name, subscribed: Promise.withResolvers() };
    this.#wanted.set(name, topic);
    void this.#subscribe(topic);
  }

  #drop(name: string): void {
    const topic = this.#wanted.get(name);
    if (topic === undefined) return;
    this.#wanted.delete(name);
    this.#refused.delete(topic); // guard: dropped-topic-not-retried
    if (this.#redis.status !== 'ready') return;
    this.#redis.unsubscribe(name).catch((error: unknown) => {
      // The connection broke, and its subscriptions with it.
      this.#logger.debug({ err: error, topic: name }, 'unsubscribe failed');
    });
  }

  #subscribeAll(): void {
    this.#stopRetrying();
    for (const topic of this.#wanted.values()) void this.#subscribe(topic);
  }

  async #subscribe(topic: Topic): Promise<void> {
    if (this.#redis.status !== 'ready') return;
    try {
      await this.#redis.subscribe(topic.name);
      topic.subscribed.resolve();
      this.#refused.delete(topic);
      if (this.#refused.size === 0) this.#onAllSubscribed();
    } catch (error) {
      this.#onRefused(topic, error); // guard: subscribe-failure-handled
    }
  }

  #onRefused(topic: Topic, error: unknown): void {
    if (this.#wanted.get(topic.name) !== topic) return; // guard: dropped-topic-not-refused
    // If the connection broke, its own log line says so, and the next one subscribes to all topics.
    if (this.#redis.status !== 'ready') return;
    this.#refused.add(topic); // guard: refused-topic-retried
    if (this.#refusals === 0)
      this.#logger.warn({ err: error, topic: topic.name }, 'failed to subscribe; falling back to polling');
    this.#retry ??= setTimeout(() => this.#retryRefused(), this.#nextRetryMs());
  }

  #retryRefused(): void {
    this.#retry = undefined;
    for (const topic of this.#refused) void this.#subscribe(topic);
  }

  #stopRetrying(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  #nextRetryMs(): number {
    const maxMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** this.#refusals++);
    return maxMs * (0.5 + 0.5 * Math.random());
  }

  #onAllSubscribed(): void {
    if (this.#refusals === 0) return;
    this.#refusals = 0;
    this.#logger.info('subscribed again');
  }
}
