import { countedAs } from './client-address.ts';

/** Counts long-lived connections by address: one address alone must not use up the server's. */
export class AddressCounter {
  readonly #max: number;
  readonly #counts = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Null where the address has as many as it may; else what gives the place back, once. */
  acquire(address: string): (() => void) | null {
    const key = countedAs(address); // guard: ipv6-network-as-address
    const count = this.#counts.get(key) ?? 0;
    if (count >= this.#max) return null; // guard: connections-per-address
    this.#counts.set(key, count + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const left = (this.#counts.get(key) ?? 1) - 1;
      if (left > 0) this.#counts.set(key, left);
      else this.#counts.delete(key);
    };
  }
}
