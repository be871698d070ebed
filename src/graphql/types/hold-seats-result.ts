import {
  EventNotOnSaleError,
  OrphanSeatsError,
  SeatLimitExceededError,
  SeatsUnavailableError,
} from '../../booking/rules/errors.ts';
import { IdempotencyConflictError } from '../../platform/errors.ts';
import { builder } from '../schema/builder.ts';
import { Booking } from './booking.ts';
import { AdmissionRequiredError } from './errors/admission-required-error.ts';
import { commonRefusals } from './refusals.ts';

/** Result of both mutations that hold seats. */
export const HoldSeatsResult = builder.errorUnion('HoldSeatsResult', {
  description: 'The booking in status HOLD, or the error that prevented the hold.',
  types: [
    Booking,
    SeatsUnavailableError,
    SeatLimitExceededError,
    OrphanSeatsError,
    EventNotOnSaleError,
    IdempotencyConflictError,
    AdmissionRequiredError,
    ...commonRefusals,
  ],
});
