/**
 * A bounded queue of messages for one subscriber. If the subscriber is slower than the feed, the queue is dropped, and the
 * next message is `overflow()`: the current state in one message. An async iterator, so that a GraphQL subscription can
 * return it.
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

  /** `settled` is awaited before `overflow()` is called. `onClose` is called once, when the subscriber leaves. */
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
      // What `overflow()` pushes is part of the state that it returns, so it is ignored.
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
