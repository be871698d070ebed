import { metrics } from '../../platform/observability/metrics.ts';

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
