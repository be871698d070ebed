import type {
  BookingRecord,
  Changes,
  Key,
  LockedState,
  Neighbours,
  Seat,
  SeatStatus,
  Step,
  UsedKey,
} from './model.ts';

/** The locked state while a batch is decided: what each command leaves is what the next one finds. */
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
    for (const key of locked.keys) this.#keys.set(keyName(key.buyerId, key), key);
  }

  seat(index: number): Seat | undefined {
    return this.#seats.get(index);
  }

  booking(id: string): BookingRecord | undefined {
    return this.#bookings.get(id);
  }

  /** @throws for a seat whose neighbours were not worked out (a bug). */
  neighbours(index: number): Neighbours {
    return present(this.#locked.neighbours.get(index));
  }

  usedKey(buyerId: string, key: Key): UsedKey | undefined {
    return this.#keys.get(keyName(buyerId, key));
  }

  /** True from the deadline on, to the millisecond. */
  isOverdue(booking: BookingRecord): boolean {
    return booking.status === 'HOLD' && booking.holdExpiresAtMs <= this.clockMs; // guard: hold-deadline
  }

  /** Seats that the buyer holds and owns. Overdue holds count no longer. */
  seatsOf(buyerId: string): number {
    let count = 0;
    for (const id of this.#idsByBuyer.get(buyerId) ?? []) {
      const booking = this.#bookings.get(id);
      if (booking === undefined || this.isOverdue(booking)) continue;
      if (booking.status === 'HOLD' || booking.status === 'CONFIRMED') count += booking.seats.length;
    }
    return count;
  }

  /** @throws when the step is not one that a seat may take, or the seat is not as the booking says (a bug). */
  moveSeat(index: number, to: SeatStatus, bookingId: string | null): void {
    const seat = this.#seats.get(index);
    if (seat === undefined) throw new Error(`seat ${index} is moved, but not locked`);
    if (!legalSteps[seat.status].includes(to))
      throw new Error(`seat ${index} cannot go from ${seat.status} to ${to}`);
    if (seat.bookingId !== null && seat.bookingId !== bookingId) {
      throw new Error(`seat ${index} is with booking ${seat.bookingId}, not with ${bookingId}`);
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
    this.#keys.set(keyName(buyerId, key), used);
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

function keyName(buyerId: string, key: Key): string {
  return `${buyerId} ${key.operation} ${key.keyHash}`;
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the draft of a batch is missing an entry');
  return value;
}
