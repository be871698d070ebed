import type { ExecutionResult } from 'graphql';
import { endResults, type Results } from '../../graphql/engine/subscription.ts';
import type { Logger } from '../../platform/observability/logger.ts';

/** The operations of one socket that have not ended. */
export class Operations {
  readonly #logger: Logger;
  /** Functions that end the subscriptions that have started. */
  readonly #subscriptions = new Set<() => void>();
  readonly #onEnd = new Map<string, () => void>();
  #running = 0;
  #onAnswered: (() => void) | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Number of running operations, including those that the client has completed and that have not ended yet. */
  get running(): number {
    return this.#running;
  }

  /** Counts an operation until its work has ended. The work must not reject. */
  run(id: string, work: () => Promise<void>): void {
    this.#running++;
    void work().then(() => {
      this.#running--;
      this.#onEnd.get(id)?.();
      this.#onEnd.delete(id);
      this.#checkAnswered();
    });
  }

  /** Calls back when the work of the operation has ended. */
  onEnd(id: string, then: () => void): void {
    this.#onEnd.set(id, then);
  }

  /** Registers a started subscription until its results end. Returning the new iterator ends it in the background. */
  track(results: Results): AsyncIterableIterator<ExecutionResult> {
    const iterator = results[Symbol.asyncIterator]();
    const end = () => {
      if (this.#subscriptions.delete(end)) endResults(iterator, this.#logger);
    };
    this.#subscriptions.add(end);
    this.#checkAnswered();
    return {
      next: async () => {
        try {
          const result = await iterator.next();
          if (result.done === true) this.#subscriptions.delete(end);
          return result;
        } catch (error) {
          end();
          throw error;
        }
      },
      return: () => {
        end();
        return Promise.resolve({ done: true, value: undefined });
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  endAll(): void {
    for (const end of this.#subscriptions) end();
  }

  /** Calls back once, when only started subscriptions are running. */
  onceAnswered(then: () => void): void {
    this.#onAnswered = then;
    this.#checkAnswered();
  }

  #checkAnswered(): void {
    // guard: pending-responses-before-close
    if (this.#onAnswered === undefined || this.#running > this.#subscriptions.size) return;
    const then = this.#onAnswered;
    this.#onAnswered = undefined;
    then();
  }
}
