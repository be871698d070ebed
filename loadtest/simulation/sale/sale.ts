import type { BookingRecord } from '../../../src/booking/rules/model.ts';
import type { Outcome } from '../../../src/booking/rules/draft.ts';
import type { Client, Kind, Origin } from '../people/client.ts';
import type { Guard, Measure, Signal } from './guard.ts';
import { Hall, type HallRules } from './hall.ts';
import { Limits } from './limits.ts';
import { Schedule, type Course } from './schedule.ts';
import { SeatTime, type SeatTimes } from './seat-time.ts';

/** The response to a hold. */
export type Answer =
  | { readonly kind: 'held'; readonly booking: BookingRecord }
  /** Some of the seats are taken, or the buyer has too many. */
  | { readonly kind: 'taken' }
  /** A rate limit, or a measure against probing. */
  | { readonly kind: 'refused'; readonly measure: Measure | null; readonly retryAfterMs: number };

/** The first refusal by a measure. */
export interface Refused {
  readonly atMs: number;
  /** Scope and reason. */
  readonly why: string;
}

/** What is known about one identity at the end. */
export interface Trace {
  readonly client: Client;
  readonly firstHoldAtMs: number;
  readonly measures: Readonly<Partial<Record<Measure, Refused>>>;
}

interface SaleOptions {
  readonly hall: HallRules;
  readonly guard: Guard;
}

/** The API as clients see it: rate limits, rules against probing, and the hall. */
export class Sale {
  readonly schedule = new Schedule();
  readonly hall: Hall;
  readonly #guard: Guard;
  readonly #limits = new Limits();
  readonly #seatTime: SeatTime;
  readonly #clients = new Map<string, Client>();
  readonly #traces = new Map<
    string,
    { client: Client; firstHoldAtMs: number; measures: Partial<Record<Measure, Refused>> }
  >();
  #ids = 0;

  constructor({ hall, guard }: SaleOptions) {
    this.#guard = guard;
    this.#seatTime = new SeatTime(hall.seatsTotal);
    this.hall = new Hall(hall, this.schedule, (seat, buyerId) => {
      const kind = buyerId === null ? null : (this.#clients.get(buyerId)?.kind ?? null);
      this.#seatTime.change(seat.index, seat.status, kind, this.schedule.nowMs);
    });
  }

  get nowMs(): number {
    return this.schedule.nowMs;
  }

  /** Starts a guest session. Returns null if the address has started too many. */
  startSession(origin: Origin, person: string, kind: Kind): Client | null {
    if (this.#limits.take('guests', null, origin, this.nowMs) !== null) return null;
    const client = { ...origin, person, kind, buyerId: `user ${++this.#ids}` };
    this.#clients.set(client.buyerId, client);
    return client;
  }

  holdSeats(client: Client, seats: readonly number[]): Answer {
    const trace = this.#trace(client);
    const waitMs = this.#limits.take('holds', client.buyerId, client, this.nowMs);
    if (waitMs !== null) return { kind: 'refused', measure: null, retryAfterMs: waitMs };
    const judgement = this.#guard.judge(client, seats, this.nowMs);
    if (judgement !== null) {
      const { measure, scope, reason, retryAfterMs } = judgement;
      trace.measures[measure] ??= { atMs: this.nowMs, why: `${scope}: ${reason}` };
      return { kind: 'refused', measure, retryAfterMs };
    }
    if (!this.#limits.mayHold(client, seats.length))
      return { kind: 'refused', measure: null, retryAfterMs: 10_000 };
    const bookingId = `booking ${++this.#ids}`;
    const { buyerId } = client;
    const outcome = this.hall.run({
      kind: 'hold',
      bookingId,
      buyerId,
      named: seats,
      quantity: seats.length,
      chosen: null,
      key: null,
    });
    if (outcome.kind !== 'done' || outcome.booking === null) return this.#reportTaken(client, outcome);
    this.#limits.setHeld(client, bookingId, seats.length);
    this.#record(client, 'held', outcome.booking);
    this.schedule.start(this.#expire(client, outcome.booking));
    return { kind: 'held', booking: outcome.booking };
  }

  confirm(client: Client, bookingId: string): boolean {
    if (this.#limits.take('changes', client.buyerId, client, this.nowMs) !== null) return false;
    const outcome = this.hall.run({ kind: 'confirm', bookingId, buyerId: client.buyerId, key: null });
    if (outcome.kind !== 'done' || outcome.booking === null) return false;
    this.#limits.setHeld(client, bookingId, 0);
    this.#record(client, 'confirmed', outcome.booking);
    return true;
  }

  release(client: Client, bookingId: string): void {
    if (this.#limits.take('changes', client.buyerId, client, this.nowMs) !== null) return;
    const outcome = this.hall.run({ kind: 'release', bookingId, buyerId: client.buyerId });
    if (outcome.kind !== 'done' || outcome.booking === null) return;
    this.#limits.setHeld(client, bookingId, 0);
    this.#record(client, 'released', outcome.booking);
  }

  /** Ends the sale. */
  finish(): { readonly traces: readonly Trace[]; readonly seatTimes: SeatTimes } {
    return { traces: [...this.#traces.values()], seatTimes: this.#seatTime.sum(this.nowMs) };
  }

  *#expire(client: Client, { id, holdExpiresAtMs, takeoverDelayMs }: BookingRecord): Course {
    yield holdExpiresAtMs + takeoverDelayMs - this.nowMs;
    const booking = this.hall.booking(id);
    if (booking?.status !== 'HOLD') return;
    this.hall.run({ kind: 'expire', bookingId: id });
    this.#limits.setHeld(client, id, 0);
    this.#record(client, 'expired', booking);
  }

  #reportTaken(client: Client, outcome: Outcome): Answer {
    const refusal = outcome.kind === 'refused' ? outcome.refusal : null;
    if (refusal?.code === 'SEATS_UNAVAILABLE') {
      const { seats } = refusal;
      this.#guard.record(client, { kind: 'taken', seats, heldMs: 0 }, this.nowMs);
    } else if (refusal?.code !== 'SEAT_LIMIT_EXCEEDED') {
      throw new Error(`unexpected outcome of a hold: ${JSON.stringify(outcome)}`);
    }
    return { kind: 'taken' };
  }

  #record(client: Client, kind: Signal['kind'], { seats, createdAtMs }: BookingRecord): void {
    this.#guard.record(client, { kind, seats, heldMs: this.nowMs - createdAtMs }, this.nowMs);
  }

  #trace(client: Client) {
    let trace = this.#traces.get(client.buyerId);
    if (trace === undefined) {
      trace = { client, firstHoldAtMs: this.nowMs, measures: {} };
      this.#traces.set(client.buyerId, trace);
    }
    return trace;
  }
}
