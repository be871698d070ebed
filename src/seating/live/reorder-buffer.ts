import type { SeatsChanged } from '../../messaging/messages.ts';

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
