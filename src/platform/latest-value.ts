/**
 * A value of which only the latest state matters, with listeners. Subscribers that are slow miss states, never the last
 * one.
 */
export class LatestValue<T extends object> {
  readonly #listeners = new Set<() => void>();
  #current: T;

  constructor(current: T) {
    this.#current = current;
  }

  get current(): T {
    return this.#current;
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  set(value: T): void {
    this.#current = value;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` after each change. Returns a function that removes it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/**
 * A subscription to a latest value. Iterating it serves one subscriber: the current state first, then the latest one after
 * each change. The fan-out uses its fields instead and serves many. `release` must be called once, at the end.
 */
export class LatestSource implements AsyncIterable<object> {
  readonly value: LatestValue<object>;
  readonly release: () => void;

  constructor(value: LatestValue<object>, release: () => void) {
    this.value = value;
    this.release = release;
  }

  [Symbol.asyncIterator](): AsyncIterator<object> {
    const done = { done: true, value: undefined } as const;
    let sent: object | undefined;
    let isOver = false;
    let wake: (() => void) | undefined;
    const unlisten = this.value.listen(() => wake?.());
    return {
      next: async () => {
        if (!isOver && this.value.current === sent) await new Promise<void>((resolve) => (wake = resolve));
        if (isOver) return done;
        sent = this.value.current;
        return { done: false, value: sent };
      },
      return: async () => {
        if (isOver) return done;
        isOver = true;
        unlisten();
        this.release();
        wake?.();
        return done;
      },
    };
  }
}
