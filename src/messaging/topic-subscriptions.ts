import type { Logger } from '../platform/observability/logger.ts';
import type { Redis } from '../platform/redis/redis.ts';

/** How long after a refusal Redis is asked again: at first, and at most. */
const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 5_000;

interface Topic {
  readonly name: string;
  readonly heard: PromiseWithResolvers<void>;
}

/**
 * The topics that this process wants to hear. A topic is asked for whenever the connection is new, and again for as long
 * as Redis refuses it (an ACL, a server that is loading). Neither ioredis nor graphql-redis-subscriptions 2.7 is left to
 * do it: both drop promises of SUBSCRIBE, and one that fails would be an unhandled rejection and end the process. While
 * Redis is away nothing is queued; what nobody wants any more is forgotten.
 */
export class TopicsHeard {
  readonly #redis: Redis;
  readonly #logger: Logger;
  readonly #wanted = new Map<string, Topic>();
  readonly #refused = new Set<Topic>();
  #refusals = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(redis: Redis, logger: Logger) {
    this.#redis = redis;
    this.#logger = logger;
    // Redis knows nothing of what an earlier connection heard.
    redis.on('ready', () => this.#askForAll()); // guard: resubscribe-on-ready
  }

  /** Resolves when the topic is heard for the first time; never, where it is let go before. */
  async heard(name: string): Promise<void> {
    await this.#wanted.get(name)?.heard.promise;
  }

  /**
   * What graphql-redis-subscriptions takes for its connection. It is told at once that it is subscribed: it has nothing
   * more to do than to hand messages on, and whether Redis sends them is seen to here.
   */
  connection(): Redis {
    const connection: Pick<Redis, 'on'> & Record<string, unknown> = {
      on: this.#redis.on.bind(this.#redis),
      subscribe: (name: string, done: (error: null) => void) => {
        this.#want(name);
        done(null);
      },
      unsubscribe: (name: string) => this.#letGo(name),
      // It ends each topic as a pattern too; there are none.
      punsubscribe: () => undefined,
    };
    return connection as unknown as Redis;
  }

  close(): void {
    this.#wanted.clear();
    this.#refused.clear();
    this.#stopRetrying();
    this.#redis.disconnect();
  }

  #want(name: string): void {
    const topic: Topic = { name, heard: Promise.withResolvers() };
    this.#wanted.set(name, topic);
    void this.#ask(topic);
  }

  #letGo(name: string): void {
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

  #askForAll(): void {
    this.#stopRetrying();
    for (const topic of this.#wanted.values()) void this.#ask(topic);
  }

  async #ask(topic: Topic): Promise<void> {
    if (this.#redis.status !== 'ready') return;
    try {
      await this.#redis.subscribe(topic.name);
      topic.heard.resolve();
      this.#refused.delete(topic);
      if (this.#refused.size === 0) this.#outageOver();
    } catch (error) {
      this.#failed(topic, error); // guard: subscribe-failure-handled
    }
  }

  #failed(topic: Topic, error: unknown): void {
    if (this.#wanted.get(topic.name) !== topic) return; // guard: dropped-topic-not-refused
    // Where the connection broke (which is logged with it), the next one asks for all.
    if (this.#redis.status !== 'ready') return;
    this.#refused.add(topic); // guard: refused-topic-retried
    if (this.#refusals === 0)
      this.#logger.warn({ err: error, topic: topic.name }, 'failed to subscribe; falling back to polling');
    this.#retry ??= setTimeout(() => this.#askAgain(), this.#retryMs());
  }

  #askAgain(): void {
    this.#retry = undefined;
    for (const topic of this.#refused) void this.#ask(topic);
  }

  #stopRetrying(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  #retryMs(): number {
    const most = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** this.#refusals++);
    return most * (0.5 + 0.5 * Math.random());
  }

  #outageOver(): void {
    if (this.#refusals === 0) return;
    this.#refusals = 0;
    this.#logger.info('subscribed again');
  }
}
