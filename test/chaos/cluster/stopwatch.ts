import { readFileSync } from 'node:fs';

/** Measures time, and how much of it this process was ready to run while the machine was busy with others. */
export class Stopwatch {
  readonly #startedAt = performance.now();
  readonly #starvedBefore = readStarvedMs();

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  /**
   * The time that counts against a limit. On a machine that is busy with something else, buyers and pages wait for a
   * processor themselves: their delay says nothing about the cluster.
   */
  get countedMs(): number {
    return this.elapsedMs - (readStarvedMs() - this.#starvedBefore);
  }
}

/** Returns how long the main thread has waited for a processor in all. */
export function readStarvedMs(): number {
  const [, waitedNs] = readFileSync('/proc/self/schedstat', 'utf8').split(' ');
  return Number(waitedNs) / 1e6;
}
