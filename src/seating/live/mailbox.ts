/**
 * What one follower has not taken yet. Bounded: a follower that is slower than the feed loses its queue and gets
 * `overflow()` instead, the present state in one message, when it comes back. An async iterator, so that a GraphQL
 * subscription can return it.
 */
export class Mailbox<T> implements AsyncIterableIterator<T> {
  readonly #limit: number;
  readonly #overflow: () => T;
  readonly #settled: () => Promise<void>;
  readonly #close: () => void;
  #queue: T[] = [];
  #overflowed = false;
  #closed = false;
  #waiting: ((result: IteratorResult<T>) => void) | undefined;

  /** `settled`: waited for before `overflow()` is asked. `onClose` is called once, when the follower leaves. */
  constructor(options: {
    readonly limit: number;
    settled?(): Promise<void>;
    overflow(): T;
    onClose(): void;
  }) {
    this.#limit = options.limit;
    this.#overflow = () => options.overflow();
    this.#settled = () => options.settled?.() ?? Promise.resolve();
    this.#close = () => options.onClose();
  }

  push(value: T): void {
    if (this.#closed || this.#overflowed) return; // guard: overflowed-mailbox-silent
    // guard: mailbox-limit
    if (this.#waiting !== undefined) {
      const resolve = this.#waiting;
      this.#waiting = undefined;
      resolve({ done: false, value });
    } else if (this.#queue.length < this.#limit) {
      this.#queue.push(value);
    } else {
      this.#queue = [];
      this.#overflowed = true;
    }
  }

  async next(): Promise<IteratorResult<T>> {
    if (this.#closed) return { done: true, value: undefined };
    if (this.#overflowed) {
      await this.#settled(); // guard: slow-subscriber-waits
      if (this.#closed) return { done: true, value: undefined };
      // What is pushed while the present state is taken is part of it, and must not come again.
      const value = this.#overflow();
      this.#overflowed = false;
      return { done: false, value };
    }
    const value = this.#queue.shift();
    if (value !== undefined) return { done: false, value };
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  async return(): Promise<IteratorResult<T>> {
    if (!this.#closed) {
      this.#closed = true;
      this.#queue = [];
      this.#close();
      this.#waiting?.({ done: true, value: undefined });
    }
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
