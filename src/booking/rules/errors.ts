import {
  AdmissionRequiredError,
  BusyError,
  IdempotencyConflictError,
  InvalidInputError,
  NotFoundError,
  SelloutError,
} from '../../platform/errors.ts';
import type { BookingStatus, EventStatus, ExtensionFault, Refusal } from './model.ts';

/** A requested seat is not available. Nothing was changed. */
export class SeatsUnavailableError extends SelloutError {
  readonly code = 'SEATS_UNAVAILABLE';
  readonly eventId: number;
  /** The requested seats that are not available, sorted by index. */
  readonly seatIndexes: readonly number[];

  constructor(eventId: number, seatIndexes: readonly number[]) {
    super(
      seatIndexes.length === 0
        ? 'Too few seats that match the request are available. Request fewer seats, or another section or price tier.'
        : `${seatIndexes.length} of the requested seats ${seatIndexes.length === 1 ? 'is' : 'are'} not available. Nothing was changed; choose other seats.`,
    );
    this.eventId = eventId;
    this.seatIndexes = seatIndexes;
  }
}

export class SeatLimitExceededError extends SelloutError {
  readonly code = 'SEAT_LIMIT_EXCEEDED';
  readonly limit: number;

  constructor(limit: number) {
    super(
      `A buyer may have at most ${limit} seats at this event, held and booked together. Nothing was changed; request fewer seats.`,
    );
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
        ? `The event is not on sale at this time. Its seats can be held from ${onSaleAt.toISOString()} until ${saleEndsAt.toISOString()}.`
        : `The status of the event is ${status}, which does not allow this operation.`,
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
    super(`The hold expired at ${expiredAt.toISOString()}, and its seats may be taken. Start a new hold.`);
    this.expiredAt = expiredAt;
  }
}

export class BookingStateError extends SelloutError {
  readonly code = 'BOOKING_STATE';
  readonly status: BookingStatus;

  constructor(status: BookingStatus) {
    super(`The status of the booking is ${status}, which does not allow this operation.`);
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
  NOT_ALLOWED: 'This event does not allow holds to be extended. Confirm the hold before it expires.',
  EXTENDED_ALREADY:
    'The hold was already extended, which is possible only once. Confirm it before it expires.',
  LIFETIME_USED_UP:
    'The hold has reached the maximum lifetime that this event allows. Confirm it before it expires.',
};

export class CancellationRefusedError extends SelloutError {
  readonly code = 'CANCELLATION_REFUSED';
  /** Time until which buyers can cancel; null if they never can. */
  readonly cancelableUntil: Date | null;

  constructor(cancelableUntilMs: number | null) {
    const until = cancelableUntilMs === null ? null : new Date(cancelableUntilMs);
    super(
      until === null
        ? 'This event does not allow buyers to cancel. Ask the organizer to cancel the booking.'
        : `Buyers could cancel until ${until.toISOString()}. Ask the organizer to cancel the booking.`,
    );
    this.cancelableUntil = until;
  }
}

/** The choice would isolate single seats, which the event forbids. */
export class OrphanSeatsError extends SelloutError {
  readonly code = 'ORPHAN_SEATS';
  readonly eventId: number;
  /** The seats that would be isolated. */
  readonly seatIndexes: readonly number[];
  /** Alternative choices of the same number of seats, nearest first. */
  readonly alternatives: readonly (readonly number[])[];

  constructor(
    eventId: number,
    seatIndexes: readonly number[],
    alternatives: readonly (readonly number[])[] = [],
  ) {
    super(
      'This choice would leave single seats isolated, which the event does not allow. Choose one of the alternatives or other seats.',
    );
    this.eventId = eventId;
    this.seatIndexes = seatIndexes;
    this.alternatives = alternatives;
  }
}

export function toSelloutError(eventId: number, refusal: Refusal): SelloutError {
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
    case 'ADMISSION_REQUIRED':
      return new AdmissionRequiredError();
    case 'EXTENSION_REFUSED':
      return new ExtensionRefusedError(refusal.why);
    case 'CANCELLATION_REFUSED':
      return new CancellationRefusedError(refusal.cancelableUntilMs);
    case 'QUEUED_ONLY':
      return new InvalidInputError(
        'eventId',
        'This event takes holds only from its queue. Use requestHold or requestHoldBestAvailable.',
      );
    case 'REQUEST_EXPIRED':
      return new BusyError();
    case 'ORPHAN_SEATS':
      return new OrphanSeatsError(eventId, refusal.orphans);
    case 'NOT_FOUND':
      return new NotFoundError(`The ${refusal.what} does not exist or is not visible to you. Check the ID.`);
  }
}
