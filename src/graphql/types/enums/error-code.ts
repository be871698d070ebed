import { builder } from '../../builder.ts';

export const ErrorCode = builder.enumType('ErrorCode', {
  description: 'What went wrong, for programs. Each error type has one.',
  values: {
    SEATS_UNAVAILABLE: { description: 'SeatsUnavailableError: some seat is not free.' },
    SEAT_LIMIT_EXCEEDED: { description: 'SeatLimitExceededError: more seats than one buyer may have.' },
    EVENT_NOT_ON_SALE: { description: 'EventNotOnSaleError: the event does not allow it now.' },
    HOLD_EXPIRED: { description: 'HoldExpiredError: the hold ran out.' },
    BOOKING_STATE: { description: "BookingStateError: the booking's status does not allow it." },
    IDEMPOTENCY_CONFLICT: { description: 'IdempotencyConflictError: the key was used for something else.' },
    EXTENSION_REFUSED: { description: 'ExtensionRefusedError: the hold cannot be extended.' },
    CANCELLATION_REFUSED: {
      description: 'CancellationRefusedError: the event leaves canceling to its organizer.',
    },
    ORPHAN_SEATS: { description: 'OrphanSeatsError: single seats would be left alone.' },
    INVALID_INPUT: { description: 'InvalidInputError or InvalidPlanError: the input has to be another.' },
    NOT_FOUND: { description: 'NotFoundError: nothing of the kind, at least not for the caller.' },
    RATE_LIMITED: { description: 'RateLimitedError: too many requests.' },
    ADMISSION_REQUIRED: { description: 'AdmissionRequiredError: the waiting room comes first.' },
    READ_ONLY: { description: 'ReadOnlyError: writes are switched off.' },
    BUSY: { description: 'BusyError: it was not done in time.' },
  } as const,
});

export type ErrorCodeName = (typeof ErrorCode)['$inferType'];
