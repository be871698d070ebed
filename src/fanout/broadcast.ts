import { fanoutLimits } from './limits.ts';

/** Members served between two looks at the clock. */
const STRIDE = 16;

/**
 * Serves every member once per `run`. If `run` is called during a round, one more round follows: serving a member sends
 * it everything that it lacks. A long round is split into slices, so that it does not block the event loop.
 */
export class Broadcast<T> {
  readonly #members: () => Iterable<T>;
  readonly #serve: (member: T) => void;
  readonly #onError: (member: T, error: unknown) => void;
  readonly #onEnd: () => void;
  #round: T[] = [];
  #next = 0;
  #runAgain = false;
  #isRunning = false;

  /**
   * `onError` is called if a member could not be served; the round continues with the others. `onEnd` is called when
   * every member has been served and no round follows.
   */
  constructor(
    members: () => Iterable<T>,
    serve: (member: T) => void,
    onError: (member: T, error: unknown) => void,
    onEnd: () => void,
  ) {
    this.#members = members;
    this.#serve = serve;
    this.#onError = onError;
    this.#onEnd = onEnd;
  }

  run(): void {
    if (this.#isRunning) {
      this.#runAgain = true;
      return;
    }
    this.#isRunning = true;
    this.#startRound();
  }

  #startRound(): void {
    this.#runAgain = false;
    this.#round = [...this.#members()];
    this.#next = 0;
    this.#runSlice();
  }

  #runSlice(): void {
    const sliceEnd = performance.now() + fanoutLimits.sliceMs;
    for (;;) {
      const end = Math.min(this.#next + STRIDE, this.#round.length);
      while (this.#next < end) this.#serveOne(this.#round[this.#next++] as T);
      if (this.#next < this.#round.length) {
        if (performance.now() < sliceEnd) continue;
        setImmediate(() => this.#runSlice());
        return;
      }
      this.#round = [];
      if (!this.#runAgain) break;
      setImmediate(() => this.#startRound());
      return;
    }
    this.#isRunning = false;
    this.#onEnd();
  }

  #serveOne(member: T): void {
    try {
      this.#serve(member);
    } catch (error) {
      this.#onError(member, error);
    }
  }
}
