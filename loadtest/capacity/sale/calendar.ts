const NOBODY = -1;
const PER_SECOND = 10;

/** Events of people in the order of their time, by tenths of a second. Each person has at most one. */
export class Calendar {
  readonly #first: Int32Array;
  readonly #next: Int32Array;

  constructor(people: number, seconds: number) {
    this.#first = new Int32Array(seconds * PER_SECOND).fill(NOBODY);
    this.#next = new Int32Array(people);
  }

  /** Schedules a person's event. One beyond the end of the calendar never occurs. */
  add(person: number, second: number): void {
    const slot = Math.floor(second * PER_SECOND);
    if (slot >= this.#first.length) return;
    this.#next[person] = this.#first[slot] ?? NOBODY;
    this.#first[slot] = person;
  }

  /** Calls the function for each event of a second. It may add events from a tenth of a second later. */
  take(second: number, occur: (person: number, time: number) => void): void {
    for (let slot = second * PER_SECOND; slot < (second + 1) * PER_SECOND; slot++) {
      let person = this.#first[slot] ?? NOBODY;
      this.#first[slot] = NOBODY;
      while (person !== NOBODY) {
        const next = this.#next[person] ?? NOBODY;
        occur(person, slot / PER_SECOND);
        person = next;
      }
    }
  }
}
