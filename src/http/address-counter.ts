/** Counts long-lived connections by address: one address alone must not use up the server's. */
export class AddressCounter {
  readonly #max: number;
  readonly #counts = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Null where the address has as many as it may; else what gives the place back, once. */
  acquire(address: string): (() => void) | null {
    const count = this.#counts.get(address) ?? 0;
    if (count >= this.#max) return null;
    this.#counts.set(address, count + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const left = (this.#counts.get(address) ?? 1) - 1;
      if (left > 0) this.#counts.set(address, left);
      else this.#counts.delete(address);
    };
  }
}
