import { Cache } from '../platform/cache.ts';
import { loadLua, type LuaScript } from '../platform/redis/lua.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { metrics } from '../platform/observability/metrics.ts';
import type { Redis } from '../platform/redis/redis.ts';
import { BatchedScript } from './batched-script.ts';
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
    const entries = charges.map(({ key }) => this.#fullAt.get(key));
    const fullAtUs = charges.map(({ policy }, i) => {
      const us = entries[i]?.us ?? nowUs;
      // After the clock was set back, no bucket takes longer to fill than an empty one.
      return Math.min(Math.max(us, nowUs), nowUs + policy.fillUs);
    });
    const refused = charges.findIndex(
      ({ policy }, i) => (fullAtUs[i] ?? nowUs) + policy.intervalUs > nowUs + policy.fillUs,
    );
    if (refused >= 0) return { refused, fullAtUs }; // guard: local-bucket-empty
    const taken = charges.map(({ key, policy }, i) => {
      const us = (fullAtUs[i] ?? nowUs) + policy.intervalUs;
      this.#store(key, entries[i], us);
      return us;
    });
    return { refused: null, fullAtUs: taken };
  }

  /** Notes how full the buckets of the charges are in Redis, so that they are no fuller here once Redis is gone. */
  follow(charges: readonly Charge[], fullAtUs: readonly number[]): void {
    charges.forEach(({ key }, i) => {
      const entry = this.#fullAt.get(key);
      this.#store(key, entry, Math.max(entry?.us ?? 0, fullAtUs[i] ?? 0));
    });
  }

  /** Changes an entry in place: entries live long, and replacing one for each call would keep the garbage collector busy. */
  #store(key: string, entry: { us: number } | undefined, us: number): void {
    if (entry === undefined) this.#fullAt.set(key, { us });
    else entry.us = us;
  }
}

/** Maximum number of calls in one script: it blocks Redis for about 1 µs per key. */
const CALLS_PER_SCRIPT_MAX = 256;
/** Time that a call waits for Redis before it is limited in the process. */
const TIMEOUT_MS = 100;

/** Buckets in Redis, which all processes share. */
export class SharedBuckets {
  readonly #takeTokens: LuaScript;
  readonly #nowUs: () => number;
  readonly #calls: BatchedScript<readonly Charge[], Verdict>;

  constructor(redis: Redis, nowUs: () => number) {
    this.#takeTokens = loadLua(redis, new URL('takeTokens-n.lua', import.meta.url));
    this.#nowUs = nowUs;
    this.#calls = new BatchedScript(redis, {
      run: (calls) => this.#take(calls),
      callsMax: CALLS_PER_SCRIPT_MAX,
      timeoutMs: TIMEOUT_MS,
    });
  }

  /** False if a call would fail at once, or if the node that has the keys of this tag has just failed to answer. */
  canAsk(tag: string): boolean {
    return this.#calls.canAsk(tag);
  }

  /**
   * Takes a token for each charge of one call, or none if a bucket is empty.
   *
   * @param tag the hash tag that all keys have.
   * @throws if Redis does not answer in time. The tokens may have been taken.
   */
  take(tag: string, charges: readonly Charge[]): Promise<Verdict> {
    return this.#calls.run(tag, charges);
  }

  async #take(calls: readonly (readonly Charge[])[]): Promise<Verdict[]> {
    const positions = new Map<string, number>();
    const buckets: number[] = [];
    const lists: number[] = [];
    for (const charges of calls) {
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
    const args = [this.#nowUs(), ...buckets, ...lists];
    const output = (await this.#takeTokens([...positions.keys()], args)) as number[];
    return calls.map((charges, i) => {
      const at = charges.map(({ key }) => positions.get(key) ?? 0);
      const empty = output[i] ?? 0;
      return {
        refused: empty === 0 ? null : at.indexOf(empty),
        fullAtUs: at.map((position) => output[calls.length + position - 1] ?? 0),
      };
    });
  }
}

/**
 * Buckets in Redis. Those that are known to be empty are refused without asking it. While Redis is unavailable, the process applies
 * the same limits to its own calls, from what it last knew of each bucket.
 */
export class InsuredBuckets {
  readonly #shared: SharedBuckets;
  readonly #insurance: LocalBuckets;
  /** When each empty bucket gets its next token: no call can succeed before. */
  readonly #emptyUntil: Cache<string, { us: number }>;
  /** Time from which no bucket is known to be empty. */
  #allFilledAtUs = 0;
  readonly #nowUs: () => number;
  readonly #logger: Logger;

  constructor(redis: Redis, nowUs: () => number, logger: Logger, keysMax: number) {
    this.#shared = new SharedBuckets(redis, nowUs);
    this.#insurance = new LocalBuckets(keysMax);
    this.#emptyUntil = new Cache({ entriesMax: keysMax });
    this.#nowUs = nowUs;
    this.#logger = logger;
  }

  /** Takes a token for each charge of one call, or none if a bucket is empty. All keys have the hash tag `tag`. */
  async take(tag: string, charges: readonly Charge[]): Promise<Verdict> {
    const nowUs = this.#nowUs();
    const empty =
      nowUs >= this.#allFilledAtUs
        ? -1
        : charges.findIndex(({ key }) => (this.#emptyUntil.get(key)?.us ?? 0) > nowUs);
    // guard: empty-bucket-asks-no-redis
    if (empty >= 0) return this.#refuse(charges, empty, nowUs);
    if (!this.#shared.canAsk(tag)) return this.#takeInsured(charges, nowUs);
    try {
      const verdict = await this.#shared.take(tag, charges);
      this.#insurance.follow(charges, verdict.fullAtUs); // guard: calls-in-redis-count-without-it
      if (verdict.refused !== null) this.#rememberEmpty(charges, verdict);
      return verdict;
    } catch (error) {
      this.#logger.debug({ err: error }, 'rate limits: no answer of Redis');
      return this.#takeInsured(charges, nowUs);
    }
  }

  #takeInsured(charges: readonly Charge[], nowUs: number): Verdict {
    metrics.rateLimitsWithoutRedis.inc();
    return this.#insurance.take(charges, nowUs); // guard: limits-without-redis
  }

  #rememberEmpty(charges: readonly Charge[], { refused, fullAtUs }: Verdict): void {
    const charge = charges[refused ?? 0];
    const at = fullAtUs[refused ?? 0];
    if (charge === undefined || at === undefined) return;
    const nowUs = this.#nowUs();
    const us = nowUs + waitForToken(charge.policy, at, nowUs);
    this.#emptyUntil.set(charge.key, { us });
    this.#allFilledAtUs = Math.max(this.#allFilledAtUs, us);
  }

  /** Returns the refusal of a bucket that is known to be empty. The states of the others are not known. */
  #refuse(charges: readonly Charge[], refused: number, nowUs: number): Verdict {
    const fullAtUs = charges.map(({ key, policy }, i) =>
      i === refused ? (this.#emptyUntil.get(key)?.us ?? nowUs) + policy.fillUs - policy.intervalUs : nowUs,
    );
    return { refused, fullAtUs };
  }
}
