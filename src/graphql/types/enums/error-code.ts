import { builder } from '../../schema/builder.ts';

export const ErrorCode = builder.enumType('ErrorCode', {
  description: 'A code for each type that implements Error.',
  values: {
    SEATS_UNAVAILABLE: { description: 'SeatsUnavailableError: seats are taken, or too few are available.' },
    SEAT_LIMIT_EXCEEDED: {
      description: 'SeatLimitExceededError: the buyer would have more seats than the event allows.',
    },
    EVENT_NOT_ON_SALE: { description: 'EventNotOnSaleError: the event is not on sale.' },
    HOLD_EXPIRED: { description: 'HoldExpiredError: the hold has expired.' },
    BOOKING_STATE: { description: "BookingStateError: the booking's status does not allow the operation." },
    IDEMPOTENCY_CONFLICT: {
      description: 'IdempotencyConflictError: the idempotency key was used with different input.',
    },
    EXTENSION_REFUSED: { description: 'ExtensionRefusedError: the hold cannot be extended.' },
    CANCELLATION_REFUSED: {
      description: 'CancellationRefusedError: only the organizer can cancel the booking.',
    },
    ORPHAN_SEATS: { description: 'OrphanSeatsError: the choice would leave single seats isolated.' },
    INVALID_INPUT: { description: 'InvalidInputError or InvalidPlanError: the input is not valid.' },
    NOT_FOUND: { description: 'NotFoundError: the object does not exist or is not visible to the caller.' },
    RATE_LIMITED: { description: 'RateLimitedError: too many requests.' },
    ADMISSION_REQUIRED: {
      description: 'AdmissionRequiredError: the event requires a valid admission token.',
    },
    READ_ONLY: { description: 'ReadOnlyError: writes are temporarily disabled.' },
    BUSY: { description: 'BusyError: the server could not complete the operation in time.' },
  } as const,
});

export type ErrorCodeName = (typeof ErrorCode)['$inferType'];
