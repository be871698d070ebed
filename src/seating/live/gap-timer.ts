/** Messages that came too early wait this long for the one between, which another process has sent or will. */
const REORDER_WAIT_MS = 50;

/**
 * Tells when the version after a feed's own does not come. A feed that has moved on meanwhile is not stuck, though others
 * are ahead of it again: the next one that is missing is given as long.
 */
export class GapTimer {
  readonly #versionNow: () => number;
  readonly #stuck: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(versionNow: () => number, stuck: () => void) {
    this.#versionNow = versionNow;
    this.#stuck = stuck;
  }

  /** Something is missing after the version of now. */
  start(): void {
    const version = this.#versionNow();
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // guard: gap-timer-restarts
      // guard: progressing-feed-not-repaired
      if (this.#versionNow() === version) this.#stuck();
      else this.start();
    }, REORDER_WAIT_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
