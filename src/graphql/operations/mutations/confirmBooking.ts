import { confirmBooking } from '../../../booking/operations/confirm-booking.ts';
import { BookingStateError, EventNotOnSaleError, HoldExpiredError } from '../../../booking/rules/errors.ts';
import { IdempotencyConflictError } from '../../../platform/errors.ts';
import { checkIdempotencyKey } from '../../../platform/idempotency-key.ts';
import { checkTogether } from '../../../platform/input-errors.ts';
import { builder } from '../../schema/builder.ts';
import { callerOf } from '../../schema/caller.ts';
import { bookingKeyFrom } from '../../schema/input-ids.ts';
import { bookingAfter } from '../../types/booking-after.ts';
import { Booking } from '../../types/booking.ts';
import { idempotencyKeyDescription } from '../../types/keys.ts';
import { commonRefusals } from '../../types/refusals.ts';

const ConfirmBookingInput = builder.inputType('ConfirmBookingInput', {
  description: 'Input of `confirmBooking`.',
  fields: (t) => ({
    bookingId: t.id({ required: true, description: 'The ID of a booking that the caller owns.' }),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
  }),
});

const ConfirmBookingResult = builder.errorUnion('ConfirmBookingResult', {
  description: 'The booking in status CONFIRMED, or the error that prevented the confirmation.',
  types: [
    Booking,
    HoldExpiredError,
    BookingStateError,
    EventNotOnSaleError,
    IdempotencyConflictError,
    ...commonRefusals,
  ],
});

builder.mutationField('confirmBooking', (t) =>
  t.field({
    type: ConfirmBookingResult,
    nullable: true,
    description:
      'Confirms a hold, which books its seats. A booking in CONFIRMED is returned unchanged. Returns HoldExpiredError after the deadline, and BookingStateError if the booking is in RELEASED or CANCELED.',
    args: {
      input: t.arg({ type: ConfirmBookingInput, required: true, description: 'The hold to confirm.' }),
    },
    authScopes: { viewer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const { booking } = await checkTogether({
        booking: () => bookingKeyFrom(input.bookingId),
        key: () => checkIdempotencyKey(input.idempotencyKey),
      });
      const record = await confirmBooking(ctx, {
        buyerId: callerOf(ctx).userId,
        ...booking,
        idempotencyKey: input.idempotencyKey ?? null,
      });
      return bookingAfter(ctx, info, record, 'The booking was confirmed');
    },
  }),
);
