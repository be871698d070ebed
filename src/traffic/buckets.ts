import { Cache } from '../platform/cache.ts';
import { loadLua, type LuaScript } from '../platform/redis/lua.ts';
import { getNodeOf, type Redis } from '../platform/redis/redis.ts';
import { withResponseTimeout } from '../platform/with-timeout.ts';
import type { Policy } from './policies.ts';

/** One token to take from the bucket of a key. */
export interface Charge {
  readonly key: string;
  readonly policy: Policy;
}

/** The result of charges that belong to one call: all tokens were taken, or none. */
export interface Verdict {
  /** Index of the charge whose bucket is empty; null if the call is admitted. */
  readonly refused: number | null;
  /** Time at which the bucket of each charge is full again, in microseconds since 1970. */
  readonly fullAtUs: readonly number[];
}

/** Returns the number of tokens in a bucket. */
export function countTokens({ quota, intervalUs, fillUs }: Policy, fullAtUs: number, nowUs: number): number {
  const tokens = Math.floor((fillUs - (fullAtUs - nowUs)) / intervalUs);
  return Math.min(quota, Math.max(0, tokens));
}

/** Returns the time until an empty bucket has a token, in microseconds. */
export function waitForToken({ intervalUs, fillUs }: Policy, fullAtUs: number, nowUs: number): number {
  return Math.max(0, fullAtUs + intervalUs - fillUs - nowUs);
}

/**
 * Buckets in the memory of this process. If there are more than `keysMax`, the least recently used are forgotten, which
 * makes them full.
 */
export class LocalBuckets {
  readonly #fullAt: Cache<string, { us: number }>;

  constructor(keysMax: number) {
    this.#fullAt = new Cache({ entriesMax: keysMax });
  }

  /** Takes a token for each charge, or none if a bucket is empty. takeTokens-n.lua does the same in Redis. */
  take(charges: readonly Charge[], nowUs: number): Verdict {
    const fullAtUs = charges.map(({ key, policy }) => {
      const us = this.#fullAt.get(key)?.us ?? nowUs;
      // After the clock was set back, no bucket takes longer to fill than an empty one.
      return Math.min(Math.max(us, nowUs), nowUs + policy.fillUs);
    });
    const refused = charges.findIndex(
      ({ policy }, i) => (fullAtUs[i] ?? nowUs) + policy.intervalUs > nowUs + policy.fillUs,
    );
    if (refused >= 0) return { refused, fullAtUs }; // guard: local-bucket-empty
    const taken = charges.map(({ key, policy }, i) => {
      const us = (fullAtUs[i] ?? nowUs) + policy.intervalUs;
      this.#fullAt.set(key, { us });
      return us;
    });
    return { refused: null, fullAtUs: taken };
  }

  /** Notes how full the buckets of the charges are in Redis, so that they are no fuller here once Redis is gone. */
  follow(charges: readonly Charge[], fullAtUs: readonly number[]): void {
    charges.forEach(({ key }, i) => {
      this.#fullAt.set(key, { us: Math.max(this.#fullAt.get(key)?.us ?? 0, fullAtUs[i] ?? 0) });
    });
  }
}

/** Maximum number of calls in one script: it blocks Redis for about 1 µs per key. */
const CALLS_PER_SCRIPT_MAX = 256;
/** Time that a call waits for Redis before it is limited in the process. */
const TIMEOUT_MS = 100;
/** Time for which Redis is not asked after it has failed to answer. */
const ASK_AGAIN_AFTER_MS = 1_000;

interface PendingCall {
  readonly charges: readonly Charge[];
  readonly resolve: (verdict: Verdict) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Buckets in Redis, which all processes share. Calls that arrive in the same turn of the event loop share a script per hash
 * tag, so that a busy process sends few commands.
 */
export class SharedBuckets {
  readonly #redis: Redis;
  readonly #takeTokens: LuaScript;
  readonly #nowUs: () => number;
  /** Calls of this turn, by hash tag. */
  #pending = new Map<string, PendingCall[]>();
  /** When to ask each node again that has failed to answer. */
  readonly #askAgainAtMs = new Map<string, number>();

  constructor(redis: Redis, nowUs: () => number) {
    this.#redis = redis;
    this.#takeTokens = loadLua(redis, new URL('takeTokens-n.lua', import.meta.url));
    this.#nowUs = nowUs;
  }

  /** False if a call would fail at once, or if the node that has the keys of this tag has just failed to answer. */
  canAsk(tag: string): boolean {
    if (this.#redis.status !== 'ready') return false;
    // guard: limits-ask-other-nodes
    const at = this.#askAgainAtMs.size === 0 ? undefined : this.#askAgainAtMs.get(this.#nodeOf(tag));
    return at === undefined || performance.now() >= at;
  }

  #nodeOf(tag: string): string {
    return getNodeOf(this.#redis, `{${tag}}`);
  }

  /**
   * Takes a token for each charge of one call, or none if a bucket is empty.
   *
   * @param tag the hash tag that all keys have.
   * @throws if Redis does not answer in time. The tokens may have been taken.
   */
  take(tag: string, charges: readonly Charge[]): Promise<Verdict> {
    const { promise, resolve, reject } = Promise.withResolvers<Verdict>();
    if (this.#pending.size === 0) setImmediate(() => this.#flush());
    const calls = this.#pending.get(tag);
    const call = { charges, resolve, reject };
    if (calls === undefined) this.#pending.set(tag, [call]);
    else calls.push(call);
    return promise;
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = new Map();
    for (const [tag, calls] of pending)
      for (let start = 0; start < calls.length; start += CALLS_PER_SCRIPT_MAX)
        void this.#run(tag, calls.slice(start, start + CALLS_PER_SCRIPT_MAX));
  }

  async #run(tag: string, calls: readonly PendingCall[]): Promise<void> {
    const positions = new Map<string, number>();
    const buckets: number[] = [];
    const lists: number[] = [];
    for (const { charges } of calls) {
      lists.push(charges.length);
      for (const { key, policy } of charges) {
        let position = positions.get(key);
        if (position === undefined) {
          position = positions.size + 1;
          positions.set(key, position);
          buckets.push(policy.intervalUs, policy.fillUs);
        }
        lists.push(position);
      }
    }
    const node = this.#nodeOf(tag);
    try {
      const script = this.#takeTokens([...positions.keys()], [this.#nowUs(), ...buckets, ...lists]);
      const output = (await withResponseTimeout(script, TIMEOUT_MS, 'the rate limits in Redis')) as number[];
      this.#askAgainAtMs.delete(node);
      calls.forEach(({ charges, resolve }, i) => {
        const at = charges.map(({ key }) => positions.get(key) ?? 0);
        const empty = output[i] ?? 0;
        resolve({
          refused: empty === 0 ? null : at.indexOf(empty),
          fullAtUs: at.map((position) => output[calls.length + position - 1] ?? 0),
        });
      });
    } catch (error) {
      this.#askAgainAtMs.set(node, performance.now() + ASK_AGAIN_AFTER_MS);
      for (const { reject } of calls) reject(error);
    }
  }
}
