import { getEventStatus } from '../../catalog/events/event-status.ts';
import { getDeadlineMs } from '../../platform/service/outages.ts';
import type { Neighbors } from '../../seating/rows/neighbors.ts';
import type {
  BookingRecord,
  Changes,
  Key,
  LockedState,
  Seat,
  SeatStatus,
  SettledRequest,
  Step,
  UsedKey,
  Refusal,
} from './model.ts';

/*
 * What every decision is made of: outcomes, the draft that a decision reads and changes, and the checks that several
 * commands share.
 */

export type Outcome =
  | { readonly kind: 'done'; readonly booking: BookingRecord | null }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /**
   * Not decided; the command is retried in the next batch. `conflict`: the seats that the server chose were taken
   * meanwhile. `unlocked`: the command affects seats that are not locked, such as further seats of a booking that has
   * just become overdue.
   */
  | { readonly kind: 'retry'; readonly why: 'conflict' | 'unlocked' };

export function done(booking: BookingRecord | null): Outcome {
  return { kind: 'done', booking };
}

export function refused(refusal: Refusal): Outcome {
  return { kind: 'refused', refusal };
}

export const retryUnlocked: Outcome = { kind: 'retry', why: 'unlocked' };
export const retryConflict: Outcome = { kind: 'retry', why: 'conflict' };

/** The locked state, changed by each command of a batch in turn. */
export class Draft {
  readonly event: LockedState['event'];
  readonly revokedBuyers: LockedState['revokedBuyers'];
  readonly clockMs: number;
  readonly #locked: LockedState;
  readonly #seats: Map<number, Seat>;
  readonly #bookings: Map<string, BookingRecord>;
  readonly #idsByBuyer = new Map<string, Set<string>>();
  readonly #keys = new Map<string, UsedKey>();
  readonly #newKeys: UsedKey[] = [];
  readonly #settledIds: Set<string>;
  readonly #settledRequests: SettledRequest[] = [];
  readonly #steps: Step[] = [];
  readonly #movedSeats = new Set<number>();
  readonly #touchedBookings = new Set<string>();
  #command = 0;

  constructor(locked: LockedState) {
    this.event = locked.event;
    this.revokedBuyers = locked.revokedBuyers;
    this.clockMs = locked.clockMs;
    this.#locked = locked;
    this.#seats = new Map(locked.seats);
    this.#bookings = new Map(locked.bookings);
    for (const booking of locked.bookings.values()) this.#index(booking);
    for (const key of locked.keys) this.#keys.set(getKeyId(key.buyerId, key), key);
    this.#settledIds = new Set(locked.requests.map(({ requestId }) => requestId));
  }

  /** Called before each command with its place in the batch. */
  begin(command: number): void {
    this.#command = command;
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

  /** Returns the deadline of a hold, with the time of outages. */
  getDeadlineMs(booking: BookingRecord): number {
    return getDeadlineMs(booking, this.#locked.outages, this.clockMs); // guard: outages-decide
  }

  /** A hold is overdue from its deadline on, to the millisecond. Its buyer can no longer do anything with it. */
  isOverdue(booking: BookingRecord): boolean {
    return booking.status === 'HOLD' && this.getDeadlineMs(booking) <= this.clockMs; // guard: hold-deadline
  }

  /**
   * Returns whether the seats of a hold can be taken: from its deadline on, or from a random moment after it if the event
   * has a takeover delay. This applies to everyone, because a buyer who held the seats could otherwise keep them forever.
   */
  isTakeable(booking: BookingRecord): boolean {
    const takeoverAtMs = this.getDeadlineMs(booking) + booking.takeoverDelayMs; // guard: takeover-moment
    return booking.status === 'HOLD' && takeoverAtMs <= this.clockMs;
  }

  /**
   * Returns the random takeover delay of the current command; 0 if the event has no takeover delay.
   *
   * @throws if none was drawn (a bug).
   */
  getTakeoverDelayMs(): number {
    if (!this.event.takeoverDelay) return 0; // guard: takeover-delay-off
    return present(this.#locked.takeoverDelaysMs[this.#command]);
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

  isSettled(requestId: string): boolean {
    return this.#settledIds.has(requestId);
  }

  settleRequest(request: SettledRequest): void {
    this.#settledIds.add(request.requestId);
    this.#settledRequests.push(request);
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
      settledRequests: this.#settledRequests,
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

/**
 * A seat is free if it is available or its hold can be taken over. Expiry is a rule and does not wait for the sweeper.
 */
export function isFree(draft: Draft, index: number): boolean {
  const seat = draft.seat(index);
  if (seat === undefined) return false;
  if (seat.status !== 'HELD' || seat.bookingId === null) return seat.status === 'AVAILABLE';
  const booking = draft.booking(seat.bookingId);
  return booking !== undefined && draft.isTakeable(booking);
}

/**
 * Expires each overdue booking that has one of the seats. All seats of the booking become available.
 *
 * @returns false, without a change, if such a booking has seats that are not locked.
 */
export function freeOverdueSeats(draft: Draft, seats: readonly number[]): boolean {
  const ids = new Set(seats.flatMap((index) => draft.seat(index)?.bookingId ?? []));
  const bookings = [...ids].flatMap((id) => draft.booking(id) ?? []);
  if (bookings.some((booking) => booking.seats.some((index) => draft.seat(index) === undefined)))
    return false;
  for (const booking of bookings) expire(draft, booking.id);
  return true;
}

/** All seats of the booking must be locked. */
export function expire(draft: Draft, bookingId: string): void {
  const booking = draft.booking(bookingId);
  if (booking === undefined || !draft.isTakeable(booking))
    throw new Error(`booking ${bookingId} cannot be taken over`);
  for (const index of booking.seats) draft.moveSeat(index, 'AVAILABLE', booking.id); // guard: whole-booking-expires
  draft.putBooking({ ...booking, status: 'EXPIRED', endedAtMs: draft.clockMs });
}

/** Returns the buyer's booking. Treats another buyer's booking as nonexistent, so that it is not revealed. */
export function findOwnBooking(
  draft: Draft,
  command: { readonly bookingId: string; readonly buyerId: string },
): BookingRecord | undefined {
  const booking = draft.booking(command.bookingId);
  return booking?.buyerId === command.buyerId ? booking : undefined; // guard: booking-owner
}

/** Refuses a booking that is not a hold or is past its deadline. Returns null for an open hold. */
export function refuseUnlessOpenHold(draft: Draft, booking: BookingRecord): Outcome | null {
  if (booking.status === 'EXPIRED' || draft.isOverdue(booking)) {
    // An outage that was recorded after the hold had ended does not bring it back.
    const expiredAtMs = Math.min(draft.getDeadlineMs(booking), booking.endedAtMs ?? draft.clockMs); // guard: expired-not-in-future
    return refused({ code: 'HOLD_EXPIRED', expiredAtMs });
  }
  return booking.status === 'HOLD' ? null : refused({ code: 'BOOKING_STATE', status: booking.status });
}

export function allLocked(draft: Draft, booking: BookingRecord): boolean {
  return booking.seats.every((index) => draft.seat(index) !== undefined);
}

/** Returns the outcome of an earlier successful call with the same key; null if there is no key or it is new. */
export function findReplay(draft: Draft, buyerId: string, key: Key | null): Outcome | null {
  if (key === null) return null;
  const used = draft.usedKey(buyerId, key);
  if (used === undefined) return null;
  // guard: idempotency-key-input
  if (used.inputHash !== key.inputHash) return refused({ code: 'IDEMPOTENCY_CONFLICT' });
  const booking = draft.booking(used.bookingId);
  if (booking === undefined) throw new Error(`booking ${used.bookingId} of a used key was not read`);
  return done(booking);
}

/** Refuses with the current status of the event and the times of its sale. */
export function eventNotOnSale({ event, clockMs }: Draft): Outcome {
  const { onSaleAtMs, saleEndsAtMs } = event;
  const status = getEventStatus(event, clockMs);
  return refused({ code: 'EVENT_NOT_ON_SALE', status, onSaleAtMs, saleEndsAtMs });
}
