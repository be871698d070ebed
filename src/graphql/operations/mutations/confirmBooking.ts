import { confirmBooking } from '../../../booking/operations/confirm-booking.ts';
import { BookingStateError, EventNotOnSaleError, HoldExpiredError } from '../../../booking/rules/errors.ts';
import { IdempotencyConflictError } from '../../../platform/errors.ts';
import { checkIdempotencyKey } from '../../../platform/idempotency-key.ts';
import { checkTogether } from '../../../platform/input-errors.ts';
import { idempotencyKeyDescription } from '../../inputs/descriptions.ts';
import { requireBookingKey } from '../../inputs/ids.ts';
import { Booking, toBookingResult } from '../../schema/booking.ts';
import { builder } from '../../schema/builder.ts';
import { commonErrors } from '../../schema/mutation-results.ts';

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
    ...commonErrors,
  ],
});

builder.mutationField('confirmBooking', (t) =>
  t.withAuth({ viewer: true }).field({
    type: ConfirmBookingResult,
    nullable: true,
    description:
      'Confirms a hold, which books its seats. A booking in CONFIRMED is returned unchanged. Returns HoldExpiredError after the deadline, and BookingStateError if the booking is in RELEASED or CANCELED.',
    args: {
      input: t.arg({ type: ConfirmBookingInput, required: true, description: 'The hold to confirm.' }),
    },
    resolve: async (_root, { input }, ctx, info) => {
      const { booking } = await checkTogether({
        booking: () => requireBookingKey(input.bookingId),
        key: () => input.idempotencyKey == null || checkIdempotencyKey(input.idempotencyKey),
      });
      const record = await confirmBooking(ctx, {
        buyerId: ctx.viewer.userId,
        ...booking,
        idempotencyKey: input.idempotencyKey ?? null,
      });
      ctx.budget?.followBooking(record);
      ctx.waitingRooms.notePurchase(record.eventId, record.buyerId);
      return toBookingResult(ctx, info, record, 'The booking was confirmed');
    },
  }),
);
