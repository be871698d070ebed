import { IdempotencyConflictError, NotFoundError, SelloutError } from '../platform/errors.ts';
import type { BookingStatus, EventStatus, ExtensionFault, Refusal } from './model.ts';

/** Some seat asked for is not free; nothing was held. */
export class SeatsUnavailableError extends SelloutError {
  readonly code = 'SEATS_UNAVAILABLE';
  readonly eventId: number;
  /** Exactly the seats asked for that are not free, by index. */
  readonly seatIndexes: readonly number[];

  constructor(eventId: number, seatIndexes: readonly number[]) {
    super(
      seatIndexes.length === 0
        ? 'There are not enough free seats of that kind.'
        : `${seatIndexes.length} of the seats ${seatIndexes.length === 1 ? 'is' : 'are'} not free; nothing was held.`,
    );
    this.eventId = eventId;
    this.seatIndexes = seatIndexes;
  }
}

export class SeatLimitExceededError extends SelloutError {
  readonly code = 'SEAT_LIMIT_EXCEEDED';
  readonly limit: number;

  constructor(limit: number) {
    super(`A buyer may hold and own at most ${limit} seats of this event.`);
    this.limit = limit;
  }
}

export class EventNotOnSaleError extends SelloutError {
  readonly code = 'EVENT_NOT_ON_SALE';
  readonly status: EventStatus;
  readonly onSaleAt: Date;
  readonly saleEndsAt: Date;

  constructor(status: EventStatus, onSaleAt: Date, saleEndsAt: Date) {
    super(
      status === 'ON_SALE'
        ? `Seats of the event can be held from ${onSaleAt.toISOString()} until ${saleEndsAt.toISOString()}.`
        : `The event is ${status}; this is possible only while it is on sale.`,
    );
    this.status = status;
    this.onSaleAt = onSaleAt;
    this.saleEndsAt = saleEndsAt;
  }
}

export class HoldExpiredError extends SelloutError {
  readonly code = 'HOLD_EXPIRED';
  readonly expiredAt: Date;

  constructor(expiredAt: Date) {
    super(`The hold ran out at ${expiredAt.toISOString()}.`);
    this.expiredAt = expiredAt;
  }
}

export class BookingStateError extends SelloutError {
  readonly code = 'BOOKING_STATE';
  readonly status: BookingStatus;

  constructor(status: BookingStatus) {
    super(`The booking is ${status}, which does not allow this.`);
    this.status = status;
  }
}

export class ExtensionRefusedError extends SelloutError {
  readonly code = 'EXTENSION_REFUSED';

  constructor(why: ExtensionFault) {
    super(extensionFaults[why]);
  }
}

const extensionFaults: Record<ExtensionFault, string> = {
  NOT_ALLOWED: 'Holds of this event cannot be extended.',
  EXTENDED_ALREADY: 'The hold has been extended before; that is possible once.',
  LIFETIME_USED_UP: 'The hold stands for as long as a hold of this event may.',
};

export class CancellationRefusedError extends SelloutError {
  readonly code = 'CANCELLATION_REFUSED';
  /** The instant from which buyers cannot cancel; null: they never can. */
  readonly cancelableUntil: Date | null;

  constructor(cancelableUntilMs: number | null) {
    const until = cancelableUntilMs === null ? null : new Date(cancelableUntilMs);
    super(
      until === null
        ? 'Only the organizer of this event can cancel confirmed bookings.'
        : `Buyers could cancel until ${until.toISOString()}. Ask the organizer of the event to cancel the booking.`,
    );
    this.cancelableUntil = until;
  }
}

/** The seats would leave others alone, and the event forbids that. */
export class OrphanSeatsError extends SelloutError {
  readonly code = 'ORPHAN_SEATS';
  readonly eventId: number;
  /** The seats that would be left alone. */
  readonly seatIndexes: readonly number[];
  /** Choices of as many seats that would be accepted now, the nearest first. */
  readonly alternatives: readonly (readonly number[])[];

  constructor(
    eventId: number,
    seatIndexes: readonly number[],
    alternatives: readonly (readonly number[])[] = [],
  ) {
    super(
      'This choice would leave single seats that nobody can use with company. Choose seats that leave none.',
    );
    this.eventId = eventId;
    this.seatIndexes = seatIndexes;
    this.alternatives = alternatives;
  }
}

export function errorOf(eventId: number, refusal: Refusal): SelloutError {
  switch (refusal.code) {
    case 'SEATS_UNAVAILABLE':
      return new SeatsUnavailableError(eventId, refusal.seats);
    case 'SEAT_LIMIT_EXCEEDED':
      return new SeatLimitExceededError(refusal.limit);
    case 'EVENT_NOT_ON_SALE':
      return new EventNotOnSaleError(
        refusal.status,
        new Date(refusal.onSaleAtMs),
        new Date(refusal.saleEndsAtMs),
      );
    case 'HOLD_EXPIRED':
      return new HoldExpiredError(new Date(refusal.expiredAtMs));
    case 'BOOKING_STATE':
      return new BookingStateError(refusal.status);
    case 'IDEMPOTENCY_CONFLICT':
      return new IdempotencyConflictError();
    case 'EXTENSION_REFUSED':
      return new ExtensionRefusedError(refusal.why);
    case 'CANCELLATION_REFUSED':
      return new CancellationRefusedError(refusal.cancelableUntilMs);
    case 'ORPHAN_SEATS':
      return new OrphanSeatsError(eventId, refusal.orphans);
    case 'NOT_FOUND':
      return new NotFoundError(`There is no such ${refusal.what}.`);
  }
}
