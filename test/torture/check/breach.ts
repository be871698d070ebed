/** A violation of a rule, with its evidence. */
export interface Breach {
  /** The invariant's number, or the name of a rule about histories. */
  readonly rule: string;
  readonly eventId: number;
  readonly what: string;
}

/** Collects the breaches of one event. */
export class Findings {
  readonly breaches: Breach[] = [];
  readonly #eventId: number;

  constructor(eventId: number) {
    this.#eventId = eventId;
  }

  add(rule: string, what: string): void {
    this.breaches.push({ rule, eventId: this.#eventId, what });
  }
}
