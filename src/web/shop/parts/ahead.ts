/** Something that can be loaded before the page needs it. */
export class Ahead<T> {
  readonly #load: (key: string) => Promise<T>;
  #started: { readonly key: string; readonly answer: Promise<T> } | undefined;

  constructor(load: (key: string) => Promise<T>) {
    this.#load = load;
  }

  start(key: string): Promise<T> {
    const answer = this.#load(key);
    this.#started = { key, answer };
    return answer;
  }

  /** Returns what was started for this key, once. Loads it if nothing was, or if that failed. */
  async take(key: string): Promise<T> {
    const started = this.#started?.key === key ? this.#started : undefined;
    this.#started = undefined; // guard: early-answer-used-once
    if (started === undefined) return this.#load(key);
    try {
      return await started.answer;
    } catch {
      return this.#load(key); // guard: early-failure-repeated
    }
  }
}
