/** Shares work that is in progress: concurrent callers with the same key get the same promise. */
export class SingleFlight<K, V> {
  readonly #inProgress = new Map<K, Promise<V>>();

  /** Returns true if work for the key is in progress. */
  has(key: K): boolean {
    return this.#inProgress.has(key);
  }

  /** Returns the work in progress for the key. */
  get(key: K): Promise<V> | undefined {
    return this.#inProgress.get(key);
  }

  /** Returns the work in progress for the key, or starts it. It is forgotten before its waiters continue. */
  run(key: K, start: () => Promise<V>): Promise<V> {
    const running = this.#inProgress.get(key);
    if (running !== undefined) return running;
    const work = start().finally(() => this.#inProgress.delete(key));
    this.#inProgress.set(key, work);
    return work;
  }

  /** Waits until no work is in progress. */
  async idle(): Promise<void> {
    while (this.#inProgress.size > 0) await Promise.all(this.#inProgress.values());
  }
}
