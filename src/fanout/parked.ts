import type { FeedMessage } from '../seating/live/live-feed.ts';

/**
 * Stands for a subscription whose messages go another way. Whoever owns the subscription's life cycle waits for its
 * first message in vain, and returns it when the subscription ends.
 */
export class Parked implements AsyncIterableIterator<FeedMessage> {
  readonly #start: () => () => void;
  readonly #release: () => void;
  #leave: (() => void) | undefined;
  #over = false;
  #end: (() => void) | undefined;

  /** `start` is called when the first message is waited for, and gives what ends it. `release`: once, at the end. */
  constructor(start: () => () => void, release: () => void) {
    this.#start = start;
    this.#release = release;
  }

  next(): Promise<IteratorResult<FeedMessage>> {
    if (this.#over) return Promise.resolve({ done: true, value: undefined });
    this.#leave ??= this.#start();
    return new Promise((resolve) => (this.#end = () => resolve({ done: true, value: undefined })));
  }

  return(): Promise<IteratorResult<FeedMessage>> {
    if (!this.#over) {
      this.#over = true;
      this.#leave?.();
      this.#release();
      this.#end?.();
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
