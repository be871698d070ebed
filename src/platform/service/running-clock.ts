/** A monotonic clock that stands still while the process does, so that its own pauses do not look like an outage. */
export class RunningClock {
  readonly #stepMsMax: number;
  readonly #source: () => number;
  #at: number;
  #elapsedMs = 0;

  /** @param stepMsMax the longest time between two readings that counts. */
  constructor(stepMsMax: number, source: () => number = () => performance.now()) {
    this.#stepMsMax = stepMsMax;
    this.#source = source;
    this.#at = source();
  }

  now(): number {
    const at = this.#source();
    this.#elapsedMs += Math.min(at - this.#at, this.#stepMsMax); // guard: own-pause-is-no-outage
    this.#at = at;
    return this.#elapsedMs;
  }
}
