import { z } from 'zod';
import { rateLimitEnvironment, toRateLimits } from '../../../src/platform/config/rate-limits.ts';
import { LocalBuckets, waitForToken, type Charge } from '../../../src/traffic/buckets.ts';
import { createPolicies, type LimitGroup } from '../../../src/traffic/policies.ts';
import type { Origin } from '../people/client.ts';

const KEYS_KEPT_MAX = 50_000;

/** The default limits of the product. */
function readDefaults() {
  const quotas = toRateLimits(z.object(rateLimitEnvironment).parse({}));
  if (quotas === null) throw new Error('rate limits are off by default');
  return quotas;
}

const quotas = readDefaults();
const policies = createPolicies(quotas);

/** The rate limits of the product, with its default numbers and its buckets in memory. */
export class Limits {
  readonly #buckets = new LocalBuckets(KEYS_KEPT_MAX);
  readonly #unconfirmed = new Map<string, Map<string, number>>();

  /** Takes the tokens of a call. Returns the time after which to retry it, or null if it is admitted. */
  take(
    group: LimitGroup,
    buyerId: string | null,
    { address, network }: Origin,
    nowMs: number,
  ): number | null {
    const { buyer, address: byAddress, network: byNetwork } = policies[group];
    const charges: Charge[] = [];
    if (buyer !== null && buyerId !== null) charges.push({ key: `${group} ${buyerId}`, policy: buyer });
    if (byAddress !== null) charges.push({ key: `${group} ${address}`, policy: byAddress });
    if (byNetwork !== null) charges.push({ key: `${group} ${network}`, policy: byNetwork });
    const nowUs = Math.round(nowMs * 1000);
    const { refused, fullAtUs } = this.#buckets.take(charges, nowUs);
    const charge = charges[refused ?? -1];
    if (refused === null || charge === undefined) return null;
    return Math.ceil(waitForToken(charge.policy, fullAtUs[refused] ?? nowUs, nowUs) / 1000);
  }

  /** Returns whether an address and a network may have so many more unconfirmed seats. */
  mayHold({ address, network }: Origin, count: number): boolean {
    return (
      this.#count(address) + count <= quotas.heldSeats.address &&
      this.#count(network) + count <= quotas.heldSeats.network
    );
  }

  /** Counts the unconfirmed seats of a booking, until the count is set to 0. */
  setHeld({ address, network }: Origin, bookingId: string, count: number): void {
    for (const key of [address, network]) {
      const held = this.#unconfirmed.get(key) ?? new Map<string, number>();
      if (count === 0) held.delete(bookingId);
      else held.set(bookingId, count);
      this.#unconfirmed.set(key, held);
    }
  }

  #count(key: string): number {
    let count = 0;
    for (const seats of this.#unconfirmed.get(key)?.values() ?? []) count += seats;
    return count;
  }
}
