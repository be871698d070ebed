import type { SeatsChanged } from '../../messaging/messages.ts';

/** What is beyond is dropped, and read from the record instead. */
const EARLY_MAX = 256;

/**
 * Changes that arrived before the one that they continue. They are found by the batch that they continue, not by its
 * version: a change of another history can have the same number.
 */
export class EarlyChanges {
  readonly #byPrevious = new Map<string, SeatsChanged>();

  get empty(): boolean {
    return this.#byPrevious.size === 0;
  }

  keep(change: SeatsChanged): void {
    if (this.#byPrevious.size < EARLY_MAX) this.#byPrevious.set(change.previousBatchId, change);
  }

  /** The change that continues this batch. */
  after(batchId: string): SeatsChanged | undefined {
    return this.#byPrevious.get(batchId);
  }

  drop(change: SeatsChanged): void {
    this.#byPrevious.delete(change.previousBatchId);
  }

  /** Drops the changes that lead no further than this version. */
  dropUpTo(version: number): void {
    for (const change of this.#byPrevious.values()) if (change.version <= version) this.drop(change);
  }

  clear(): void {
    this.#byPrevious.clear();
  }
}
