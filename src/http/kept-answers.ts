interface Kept<V> {
  readonly value: Promise<V>;
  readonly until: number;
}

/** What was found out by key, believed for a while; asked once however many want to know. A failure is not kept. */
export class KeptAnswers<V> {
  readonly #keptMs: number;
  readonly #max: number;
  readonly #kept = new Map<number, Kept<V>>();

  constructor(keptMs: number, max: number) {
    this.#keptMs = keptMs;
    this.#max = max;
  }

  get(key: number, find: () => Promise<V>): Promise<V> {
    const now = performance.now();
    const kept = this.#kept.get(key);
    if (kept !== undefined && now < kept.until) return kept.value;
    if (this.#kept.size >= this.#max) this.#kept.clear();
    const value = find();
    // From before it was asked: that is how old the answer is.
    const answer = { value, until: now + this.#keptMs };
    this.#kept.set(key, answer);
    value.catch(() => {
      if (this.#kept.get(key) === answer) this.#kept.delete(key);
    });
    return value;
  }
}
