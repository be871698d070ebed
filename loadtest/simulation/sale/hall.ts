import { decide } from '../../../src/booking/rules/decide.ts';
import type { Command } from '../../../src/booking/rules/commands.ts';
import type { Outcome } from '../../../src/booking/rules/draft.ts';
import type { BookingRecord, EventRules, Seat } from '../../../src/booking/rules/model.ts';

export interface HallRules {
  readonly seatsTotal: number;
  readonly rowLength: number;
  readonly seatLimit: number;
  readonly holdTtlMs: number;
  /** Draws the takeover delay of a hold; null if the event has none. */
  readonly drawTakeoverDelayMs: (() => number) | null;
}

/** A change of one seat. */
export type SeatListener = (after: Seat, buyerId: string | null) => void;

/**
 * The seats of one event, in memory. The product's own `decide` decides every command, on the rows that a batch would lock.
 * Lower seat numbers are nearer to the stage.
 */
export class Hall {
  readonly rowLength: number;
  readonly seatsTotal: number;
  readonly #event: EventRules;
  readonly #drawTakeoverDelayMs: HallRules['drawTakeoverDelayMs'];
  readonly #clock: { readonly nowMs: number };
  readonly #onChange: SeatListener;
  readonly #seats: Seat[];
  /** 1 for each available seat. */
  readonly #free: Uint8Array;
  readonly #changedAtMs: Float64Array;
  #freeCount: number;
  #lastChangeAtMs = -Infinity;
  readonly #bookings = new Map<string, BookingRecord>();
  readonly #idsByBuyer = new Map<string, Set<string>>();

  constructor(rules: HallRules, clock: { readonly nowMs: number }, onChange: SeatListener) {
    this.rowLength = rules.rowLength;
    this.seatsTotal = rules.seatsTotal;
    this.#event = toEventRules(rules);
    this.#drawTakeoverDelayMs = rules.drawTakeoverDelayMs;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#seats = Array.from({ length: rules.seatsTotal }, (_, index) => ({
      index,
      tierIndex: 0,
      status: 'AVAILABLE',
      bookingId: null,
    }));
    this.#free = new Uint8Array(rules.seatsTotal).fill(1);
    this.#freeCount = rules.seatsTotal;
    this.#changedAtMs = new Float64Array(rules.seatsTotal).fill(-Infinity);
  }

  /** Returns whether a seat appeared available on a map of that age: its last change may not be on it yet. */
  looksFree(seat: number, ageMs: number): boolean {
    const isOnMap = (this.#changedAtMs[seat] ?? 0) <= this.#clock.nowMs - ageMs;
    return (this.#free[seat] === 1) === isOnMap;
  }

  /** Returns whether no seat appeared available on a map of that age. */
  looksFull(ageMs: number): boolean {
    return this.#freeCount === 0 && this.#lastChangeAtMs <= this.#clock.nowMs - ageMs;
  }

  /** Returns the time at which a seat is free if its hold is not confirmed, as anyone can tell from the map. */
  guessDeadline(seat: number): number | null {
    if (this.#seats[seat]?.status !== 'HELD') return null;
    return (this.#changedAtMs[seat] ?? 0) + this.#event.holdTtlMs;
  }

  booking(id: string): BookingRecord | undefined {
    return this.#bookings.get(id);
  }

  /** Decides one command and applies its changes. */
  run(command: Exclude<Command, { readonly kind: 'block' | 'unblock' }>): Outcome {
    const nowMs = this.#clock.nowMs;
    const named = 'named' in command ? command.named : 'seats' in command ? command.seats : [];
    const ids = new Set<string>([command.bookingId]);
    if ('buyerId' in command) for (const id of this.#idsByBuyer.get(command.buyerId) ?? []) ids.add(id);
    for (const seat of named) {
      const owner = this.#seats[seat]?.bookingId;
      if (owner != null) ids.add(owner);
    }
    const bookings = new Map<string, BookingRecord>();
    const seats = new Map<number, Seat>();
    const lock = (index: number) => {
      const seat = this.#seats[index];
      if (seat !== undefined) seats.set(index, seat);
    };
    named.forEach(lock);
    for (const id of ids) {
      const booking = this.#bookings.get(id);
      if (booking === undefined) continue;
      bookings.set(id, booking);
      booking.seats.forEach(lock);
    }
    const { outcomes, changes } = decide(
      {
        clockMs: nowMs,
        event: this.#event,
        seats,
        bookings,
        keys: [],
        requests: [],
        outages: [],
        revokedBuyers: [],
        takeoverDelaysMs: this.#drawTakeoverDelayMs === null ? [] : [this.#drawTakeoverDelayMs()],
        neighbors: new Map(),
      },
      [command],
    );
    for (const booking of changes.createdBookings) this.#store(booking);
    for (const { after } of changes.changedBookings) this.#store(after);
    for (const { after } of changes.seats) this.#move(after);
    const [outcome] = outcomes;
    if (outcome === undefined) throw new Error('decide returned no outcome');
    return outcome;
  }

  #store(booking: BookingRecord): void {
    this.#bookings.set(booking.id, booking);
    const ids = this.#idsByBuyer.get(booking.buyerId) ?? new Set();
    if (booking.status === 'HOLD' || booking.status === 'CONFIRMED') ids.add(booking.id);
    else ids.delete(booking.id);
    this.#idsByBuyer.set(booking.buyerId, ids);
  }

  #move(after: Seat): void {
    const isFree = after.status === 'AVAILABLE' ? 1 : 0;
    this.#freeCount += isFree - (this.#free[after.index] ?? 0);
    this.#free[after.index] = isFree;
    this.#seats[after.index] = after;
    this.#changedAtMs[after.index] = this.#clock.nowMs;
    this.#lastChangeAtMs = this.#clock.nowMs;
    const owner = after.bookingId === null ? undefined : this.#bookings.get(after.bookingId);
    this.#onChange(after, owner?.buyerId ?? null);
  }
}

function toEventRules({ seatsTotal, seatLimit, holdTtlMs, drawTakeoverDelayMs }: HallRules): EventRules {
  return {
    eventId: 1,
    organizerId: 'organizer',
    status: 'ON_SALE',
    onSaleAtMs: 0,
    saleEndsAtMs: Infinity,
    cancelableUntilMs: 0,
    seatLimit,
    holdTtlMs,
    holdExtensionMs: null,
    holdLifetimeMaxMs: holdTtlMs,
    orphanRule: 'ALLOW',
    bookingMode: 'DIRECT',
    buyersMayCancel: false,
    takeoverDelay: drawTakeoverDelayMs !== null,
    seatsTotal,
    needsAdmission: false,
    tierAmounts: [4_000],
  };
}
