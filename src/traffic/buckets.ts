import { Cache } from '../platform/cache.ts';
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
}
