/** A course of action in simulated time: yields the milliseconds to wait before it continues. */
export type Course = Generator<number, void, undefined>;

interface Entry {
  readonly atMs: number;
  /** Entries of the same time run in the order in which they were added. */
  readonly order: number;
  readonly course: Course;
}

/** The simulated clock, and the courses that wait for it. */
export class Schedule {
  #nowMs = 0;
  #added = 0;
  /** A binary heap: no entry is due later than its two children. */
  readonly #heap: Entry[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  start(course: Course, delayMs = 0): void {
    const entry = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#added++, course };
    let at = this.#heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, this.#at(parent))) break;
      this.#heap[at] = this.#at(parent);
      at = parent;
    }
    this.#heap[at] = entry;
  }

  /** Runs everything that is due before a time. The clock then shows this time. */
  runUntil(endMs: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.atMs < endMs; next = this.#heap[0]) {
      this.#removeFirst();
      this.#nowMs = next.atMs;
      const step = next.course.next();
      if (step.done !== true) this.start(next.course, step.value);
    }
    this.#nowMs = endMs;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    const size = this.#heap.length;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && isBefore(this.#at(child + 1), this.#at(child))) child++;
      if (!isBefore(this.#at(child), last)) break;
      this.#heap[at] = this.#at(child);
      at = child;
    }
    this.#heap[at] = last;
  }

  #at(position: number): Entry {
    const entry = this.#heap[position];
    if (entry === undefined) throw new Error(`the schedule has no entry ${position}`);
    return entry;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
