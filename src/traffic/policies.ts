import type { RateLimitQuotas } from '../platform/config/rate-limits.ts';

type PolicyGroup = Exclude<keyof RateLimitQuotas, 'heldSeats'>;
/** Operations that share budgets. */
export type LimitGroup = Exclude<PolicyGroup, 'calls'>;
export type LimitScope = 'buyer' | 'address' | 'network';

/**
 * A token bucket, as in the generic cell rate algorithm: it holds `quota` tokens, and gets one back every `intervalUs`. In
 * any window at most twice the quota can be taken: what the bucket held, and what it got back.
 */
export interface Policy {
  /** The name in headers, metrics and logs, such as `holds-address`. */
  readonly name: string;
  readonly scope: LimitScope;
  readonly quota: number;
  readonly windowSeconds: number;
  readonly intervalUs: number;
  /** Time in which an empty bucket is full again. */
  readonly fillUs: number;
}

type GroupPolicies = Readonly<Record<LimitScope, Policy | null>>;
export type Policies = Readonly<Record<PolicyGroup, GroupPolicies>>;

/** Window of a group in seconds. Guests are few, and buyers need only one. */
const windows: Readonly<Record<PolicyGroup, number>> = {
  guests: 300,
  holds: 10,
  changes: 10,
  reads: 10,
  subscriptions: 10,
  calls: 10,
};

export function createPolicies(quotas: RateLimitQuotas): Policies {
  const ofGroup = (group: PolicyGroup): GroupPolicies => {
    const create = (scope: LimitScope): Policy | null => {
      const quota = quotas[group][scope];
      return quota === null ? null : createPolicy(`${group}-${scope}`, scope, quota, windows[group]);
    };
    return { buyer: create('buyer'), address: create('address'), network: create('network') };
  };
  return {
    guests: ofGroup('guests'),
    holds: ofGroup('holds'),
    changes: ofGroup('changes'),
    reads: ofGroup('reads'),
    subscriptions: ofGroup('subscriptions'),
    calls: ofGroup('calls'),
  };
}

export function createPolicy(name: string, scope: LimitScope, quota: number, windowSeconds: number): Policy {
  const intervalUs = Math.floor((windowSeconds * 1_000_000) / quota);
  return { name, scope, quota, windowSeconds, intervalUs, fillUs: intervalUs * quota };
}
