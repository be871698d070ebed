import { countTokens } from './buckets.ts';
import type { Policy } from './policies.ts';

/** The state of one bucket after a call. */
interface BucketState {
  readonly policy: Policy;
  readonly tokens: number;
  /** Time until the bucket is full. */
  readonly resetSeconds: number;
}

export function toBucketState(policy: Policy, fullAtUs: number, nowUs: number): BucketState {
  return {
    policy,
    tokens: countTokens(policy, fullAtUs, nowUs),
    resetSeconds: Math.max(0, Math.ceil((fullAtUs - nowUs) / 1_000_000)),
  };
}

/**
 * The budgets that the calls of one request have left, as the headers `RateLimit` and `RateLimit-Policy` of
 * draft-ietf-httpapi-ratelimit-headers-10. Of a call's buckets, only the one with the smallest share of tokens left is
 * reported: it is the one that will refuse first.
 */
export class LimitReport {
  /** The last state by name of the policy. */
  readonly #states = new Map<string, BucketState>();

  add(states: readonly BucketState[]): void {
    let tightest: BucketState | undefined;
    for (const state of states)
      if (tightest === undefined || share(state) < share(tightest)) tightest = state;
    if (tightest !== undefined) this.#states.set(tightest.policy.name, tightest);
  }

  /** Returns the value of `RateLimit-Policy`. */
  get policies(): string {
    return [...this.#states.values()]
      .map(({ policy: { name, quota, windowSeconds } }) => `"${name}";q=${quota};w=${windowSeconds}`)
      .join(', ');
  }

  /** Returns the value of `RateLimit`. */
  get limits(): string {
    return [...this.#states.values()]
      .map(({ policy, tokens, resetSeconds }) => `"${policy.name}";r=${tokens};t=${resetSeconds}`)
      .join(', ');
  }
}

function share({ tokens, policy }: BucketState): number {
  return tokens / policy.quota;
}
