import type { SeatsChanged } from '../../messaging/messages.ts';
import { metrics } from '../../platform/observability/metrics.ts';

/** Maximum number of buffered changes. Further ones are dropped, and read from the database later. */
const BUFFERED_MAX = 256;

/**
 * Changes that arrived before the one that they continue. They are indexed by the batch that they continue, not by its
 * version: a change of another history can have the same version.
 */
export class ReorderBuffer {
  readonly #byPreviousBatch = new Map<string, SeatsChanged>();

  get isEmpty(): boolean {
    return this.#byPreviousBatch.size === 0;
  }

  add(change: SeatsChanged): void {
    if (this.#byPreviousBatch.size < BUFFERED_MAX) this.#byPreviousBatch.set(change.previousBatchId, change);
  }

  /** Returns the change that continues this batch. */
  getNext(batchId: string): SeatsChanged | undefined {
    return this.#byPreviousBatch.get(batchId);
  }

  delete(change: SeatsChanged): void {
    this.#byPreviousBatch.delete(change.previousBatchId);
  }

  /** Deletes the changes whose version is at most this one. */
  deleteUpTo(version: number): void {
    for (const change of this.#byPreviousBatch.values()) if (change.version <= version) this.delete(change);
  }

  clear(): void {
    this.#byPreviousBatch.clear();
  }
}

/** Time to wait for a missing change: another process has sent it or will. */
const REORDER_WAIT_MS = 50;

/**
 * Reports that the version after the feed's own does not arrive. If the feed has advanced in the meantime it is not stuck,
 * even if other messages are ahead of it again: the next missing version gets the same time.
 */
export class GapTimer {
  readonly #currentVersion: () => number;
  readonly #onStuck: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(currentVersion: () => number, onStuck: () => void) {
    this.#currentVersion = currentVersion;
    this.#onStuck = onStuck;
  }

  /** Waits for the version after the current one. Does nothing while the timer is running. */
  start(): void {
    const version = this.#currentVersion();
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // guard: gap-timer-restarts
      // guard: progressing-feed-not-repaired
      if (this.#currentVersion() === version) this.#reportGap();
      else this.start();
    }, REORDER_WAIT_MS);
  }

  #reportGap(): void {
    metrics.feedGaps.inc();
    this.#onStuck();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
