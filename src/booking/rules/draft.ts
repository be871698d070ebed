import type { Neighbors } from '../../seating/rows/neighbors.ts';
import type { BookingRecord, Changes, Key, LockedState, Seat, SeatStatus, Step, UsedKey } from './model.ts';

/** The locked state, changed by each command of a batch in turn. */
export class Draft {
  readonly event: LockedState['event'];
  readonly clockMs: number;
  readonly #locked: LockedState;
  readonly #seats: Map<number, Seat>;
  readonly #bookings: Map<string, BookingRecord>;
  readonly #idsByBuyer = new Map<string, Set<string>>();
  readonly #keys = new Map<string, UsedKey>();
  readonly #newKeys: UsedKey[] = [];
  readonly #steps: Step[] = [];
  readonly #movedSeats = new Set<number>();
  readonly #touchedBookings = new Set<string>();

  constructor(locked: LockedState) {
    this.event = locked.event;
    this.clockMs = locked.clockMs;
    this.#locked = locked;
    this.#seats = new Map(locked.seats);
    this.#bookings = new Map(locked.bookings);
    for (const booking of locked.bookings.values()) this.#index(booking);
    for (const key of locked.keys) this.#keys.set(getKeyId(key.buyerId, key), key);
  }

  seat(index: number): Seat | undefined {
    return this.#seats.get(index);
  }

  booking(id: string): BookingRecord | undefined {
    return this.#bookings.get(id);
  }

  /** @throws if the neighbors of the seat were not read (a bug). */
  neighbors(index: number): Neighbors {
    return present(this.#locked.neighbors.get(index));
  }

  usedKey(buyerId: string, key: Key): UsedKey | undefined {
    return this.#keys.get(getKeyId(buyerId, key));
  }

  /** A hold is overdue from its deadline on, to the millisecond. */
  isOverdue(booking: BookingRecord): boolean {
    return booking.status === 'HOLD' && booking.holdExpiresAtMs <= this.clockMs; // guard: hold-deadline
  }

  /** Returns the number of seats that the buyer holds or has booked, without overdue holds. */
  countSeats(buyerId: string): number {
    let count = 0;
    for (const id of this.#idsByBuyer.get(buyerId) ?? []) {
      const booking = this.#bookings.get(id);
      if (booking === undefined || this.isOverdue(booking)) continue;
      if (booking.status === 'HOLD' || booking.status === 'CONFIRMED') count += booking.seats.length;
    }
    return count;
  }

  /** @throws for an illegal step, or if the seat belongs to another booking (a bug). */
  moveSeat(index: number, to: SeatStatus, bookingId: string | null): void {
    const seat = this.#seats.get(index);
    if (seat === undefined) throw new Error(`seat ${index} is not locked`);
    if (!legalSteps[seat.status].includes(to))
      throw new Error(`seat ${index} cannot go from ${seat.status} to ${to}`);
    if (seat.bookingId !== null && seat.bookingId !== bookingId) {
      throw new Error(`seat ${index} belongs to booking ${seat.bookingId}, not to ${bookingId}`);
    }
    const has = to === 'HELD' || to === 'BOOKED';
    this.#seats.set(index, { ...seat, status: to, bookingId: has ? bookingId : null });
    this.#steps.push({ seat: index, from: seat.status, to, bookingId });
    this.#movedSeats.add(index);
  }

  putBooking(booking: BookingRecord): BookingRecord {
    this.#bookings.set(booking.id, booking);
    this.#index(booking);
    this.#touchedBookings.add(booking.id);
    return booking;
  }

  useKey(buyerId: string, key: Key | null, bookingId: string): void {
    if (key === null) return;
    const used: UsedKey = { ...key, buyerId, bookingId };
    this.#keys.set(getKeyId(buyerId, key), used);
    this.#newKeys.push(used);
  }

  changes(): Changes {
    const createdBookings: BookingRecord[] = [];
    const changedBookings: { before: BookingRecord; after: BookingRecord }[] = [];
    for (const id of this.#touchedBookings) {
      const before = this.#locked.bookings.get(id);
      const after = present(this.#bookings.get(id));
      if (before === undefined) createdBookings.push(after);
      else changedBookings.push({ before, after });
    }
    return {
      steps: this.#steps,
      seats: [...this.#movedSeats].flatMap((index) => {
        const before = present(this.#locked.seats.get(index));
        const after = present(this.#seats.get(index));
        return before.status === after.status && before.bookingId === after.bookingId
          ? []
          : { before, after };
      }),
      createdBookings,
      changedBookings,
      usedKeys: this.#newKeys,
    };
  }

  #index(booking: BookingRecord): void {
    const ids = this.#idsByBuyer.get(booking.buyerId) ?? new Set<string>();
    this.#idsByBuyer.set(booking.buyerId, ids.add(booking.id));
  }
}

const legalSteps: Record<SeatStatus, readonly SeatStatus[]> = {
  AVAILABLE: ['HELD', 'BLOCKED'],
  HELD: ['BOOKED', 'AVAILABLE'],
  BOOKED: ['AVAILABLE'],
  BLOCKED: ['AVAILABLE'],
};

function getKeyId(buyerId: string, key: Key): string {
  return `${buyerId} ${key.operation} ${key.keyHash}`;
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the draft of a batch is missing an entry');
  return value;
}
