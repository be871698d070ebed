import { confirmBooking } from '../../booking/confirm-booking.ts';
import { BookingStateError, EventNotOnSaleError, HoldExpiredError } from '../../booking/errors.ts';
import { IdempotencyConflictError } from '../../platform/errors.ts';
import { checkIdempotencyKey } from '../../platform/idempotency-key.ts';
import { checkTogether } from '../../platform/input-errors.ts';
import { builder } from '../builder.ts';
import { callerOf } from '../caller.ts';
import { bookingKeyFrom } from '../input-ids.ts';
import { bookingAfter } from '../types/booking-after.ts';
import { Booking } from '../types/booking.ts';
import { idempotencyKeyDescription } from '../types/keys.ts';
import { commonRefusals } from '../types/refusals.ts';

const ConfirmBookingInput = builder.inputType('ConfirmBookingInput', {
  description: 'Which hold to confirm.',
  fields: (t) => ({
    bookingId: t.id({ required: true, description: "A booking of the caller's own." }),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
  }),
});

const ConfirmBookingResult = builder.errorUnion('ConfirmBookingResult', {
  description: 'The booking in status CONFIRMED, or why it was not confirmed.',
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
      'Books the seats of a hold. A CONFIRMED booking is the answer as it is, and nothing changes. From the deadline on it is a HoldExpiredError, with a RELEASED or CANCELED booking a BookingStateError.',
    args: { input: t.arg({ type: ConfirmBookingInput, required: true, description: 'Which hold.' }) },
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
