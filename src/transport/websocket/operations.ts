/** What one socket has under way. */
export class Operations {
  /** What ends the subscriptions that have begun. */
  readonly #open = new Set<() => void>();
  readonly #releases = new Map<string, () => void>();
  #underWay = 0;
  #answered: (() => void) | undefined;

  /** Also those that the client has completed and whose end has not come yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Counts the work of an operation until it has ended. It must not reject. */
  run(id: string, work: () => Promise<void>): void {
    this.#underWay++;
    void work().then(() => {
      this.#underWay--;
      this.#releases.get(id)?.();
      this.#releases.delete(id);
      this.#look();
    });
  }

  /** Calls `release` when the work of the operation has ended. */
  releases(id: string, release: () => void): void {
    this.#releases.set(id, release);
  }

  /** A subscription has begun; `end` ends it. */
  began(end: () => void): void {
    this.#open.add(end);
    this.#look();
  }

  /** False: it had ended before. */
  ended(end: () => void): boolean {
    return this.#open.delete(end);
  }

  endAll(): void {
    for (const end of this.#open) end();
  }

  /** Calls back once, when nothing is under way but subscriptions that have begun. */
  whenAnswered(then: () => void): void {
    this.#answered = then;
    this.#look();
  }

  #look(): void {
    // guard: pending-responses-before-close
    if (this.#answered === undefined || this.#underWay > this.#open.size) return;
    const then = this.#answered;
    this.#answered = undefined;
    then();
  }
}
