import { BusyError } from './errors.ts';

/** Time after which a caller that found the queue full should retry: enough for a few of the waiting tasks. */
const RETRY_AFTER_SECONDS = 2;

/** Limits how many tasks run at once. The others wait in the order in which they came. */
export class Semaphore {
  #free: number;
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];

  constructor(concurrencyMax: number, waitingMax = Infinity) {
    this.#free = concurrencyMax;
    this.#waitingMax = waitingMax;
  }

  /** @throws {BusyError} if too many tasks wait already. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else if (this.#waiting.length >= this.#waitingMax)
      throw BusyError.retryAfter(RETRY_AFTER_SECONDS); // guard: waiting-tasks-limit
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      // Passes the slot to the next task directly, so that a new caller cannot overtake it.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
