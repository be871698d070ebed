import type { SeatStatus } from '../../../src/booking/rules/model.ts';
import type { Kind } from '../people/client.ts';

/** Time of seats in milliseconds: one seat for one second is 1,000. */
export interface SeatTimes {
  readonly heldMs: Readonly<Record<Kind, number>>;
  readonly bookedMs: Readonly<Record<Kind, number>>;
  /** Number of seats that are booked at the end. */
  readonly bookedSeats: Readonly<Record<Kind, number>>;
  /** Time of all seats. */
  readonly totalMs: number;
  /** Time in which seats were not booked. */
  readonly unsoldMs: number;
}

const none = (): Record<Kind, number> => ({
  buyer: 0,
  'hold-cycler': 0,
  sniper: 0,
  'scraper-buyer': 0,
  'distributed-cycler': 0,
});

interface Span {
  readonly status: SeatStatus;
  readonly kind: Kind | null;
  readonly sinceMs: number;
}

/** Adds up who has each seat for how long. */
export class SeatTime {
  readonly #spans: Span[];
  readonly #heldMs = none();
  readonly #bookedMs = none();

  constructor(seatsTotal: number) {
    this.#spans = Array.from({ length: seatsTotal }, () => ({ status: 'AVAILABLE', kind: null, sinceMs: 0 }));
  }

  change(seat: number, status: SeatStatus, kind: Kind | null, nowMs: number): void {
    this.#end(seat, nowMs);
    this.#spans[seat] = { status, kind, sinceMs: nowMs };
  }

  /** Returns the sums from the opening of the sale until now. */
  sum(nowMs: number): SeatTimes {
    const bookedSeats = none();
    this.#spans.forEach((span, seat) => {
      this.#end(seat, nowMs);
      this.#spans[seat] = { ...span, sinceMs: nowMs };
      if (span.status === 'BOOKED' && span.kind !== null) bookedSeats[span.kind]++;
    });
    const totalMs = this.#spans.length * nowMs;
    const booked = Object.values(this.#bookedMs).reduce((sum, ms) => sum + ms, 0);
    const unsoldMs = totalMs - booked;
    return {
      heldMs: { ...this.#heldMs },
      bookedMs: { ...this.#bookedMs },
      bookedSeats,
      totalMs,
      unsoldMs,
    };
  }

  #end(seat: number, nowMs: number): void {
    const { status, kind, sinceMs } = this.#spans[seat] ?? { status: null, kind: null, sinceMs: nowMs };
    if (kind === null) return;
    if (status === 'HELD') this.#heldMs[kind] += nowMs - sinceMs;
    else if (status === 'BOOKED') this.#bookedMs[kind] += nowMs - sinceMs;
  }
}
