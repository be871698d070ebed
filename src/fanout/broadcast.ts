import { fanoutLimits } from './limits.ts';

/** How many are served between two looks at the clock. */
const STRIDE = 16;

/**
 * Serves all members, one after the other, as often as `run` is called; those who are served while a round is under way
 * get all there is. A long round is done in slices, so that the event loop is not held up.
 */
export class Rounds<T> {
  readonly #members: () => Iterable<T>;
  readonly #serve: (member: T) => void;
  readonly #failed: (member: T, error: unknown) => void;
  #round: T[] = [];
  #next = 0;
  #again = false;
  #running = false;

  /** `failed`: one member could not be served; the others must not suffer from it. */
  constructor(
    members: () => Iterable<T>,
    serve: (member: T) => void,
    failed: (member: T, error: unknown) => void,
  ) {
    this.#members = members;
    this.#serve = serve;
    this.#failed = failed;
  }

  run(): void {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    this.#start();
  }

  #start(): void {
    this.#again = false;
    this.#round = [...this.#members()];
    this.#next = 0;
    this.#slice();
  }

  #slice(): void {
    const until = performance.now() + fanoutLimits.sliceMs;
    for (;;) {
      const end = Math.min(this.#next + STRIDE, this.#round.length);
      while (this.#next < end) this.#serveOne(this.#round[this.#next++] as T);
      if (this.#next < this.#round.length) {
        if (performance.now() < until) continue;
        setImmediate(() => this.#slice());
        return;
      }
      this.#round = [];
      if (!this.#again) break;
      setImmediate(() => this.#start());
      return;
    }
    this.#running = false;
  }

  #serveOne(member: T): void {
    try {
      this.#serve(member);
    } catch (error) {
      this.#failed(member, error);
    }
  }
}
