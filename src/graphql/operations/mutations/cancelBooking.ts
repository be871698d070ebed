import { cancelBooking } from '../../../booking/operations/cancel-booking.ts';
import { BookingStateError, CancellationRefusedError } from '../../../booking/rules/errors.ts';
import { builder } from '../../schema/builder.ts';
import { callerOf } from '../../schema/caller.ts';
import { bookingKeyFrom } from '../../schema/input-ids.ts';
import { bookingAfter } from '../../types/booking-after.ts';
import { Booking } from '../../types/booking.ts';
import { commonRefusals } from '../../types/refusals.ts';

const CancelBookingInput = builder.inputType('CancelBookingInput', {
  description: 'Input of `cancelBooking`.',
  fields: (t) => ({
    bookingId: t.id({
      required: true,
      description:
        'The ID of a booking that the caller owns, or of any booking at an event that the caller organizes.',
    }),
  }),
});

const CancelBookingResult = builder.errorUnion('CancelBookingResult', {
  description: 'The booking in status CANCELED, or the error that prevented the cancellation.',
  types: [Booking, CancellationRefusedError, BookingStateError, ...commonRefusals],
});

builder.mutationField('cancelBooking', (t) =>
  t.field({
    type: CancelBookingResult,
    nullable: true,
    description:
      'Cancels a confirmed booking and puts its seats back on sale; a booking in CANCELED is returned unchanged. Buyers get CancellationRefusedError unless the event allows them to cancel (`buyersMayCancel`); the organizer can always cancel. A booking in any other status returns BookingStateError: to give up a hold, use `releaseBooking`.',
    args: {
      input: t.arg({ type: CancelBookingInput, required: true, description: 'The booking to cancel.' }),
    },
    authScopes: { viewer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const callerId = callerOf(ctx).userId;
      // An organizer gets the booking as an answer, once; nothing of it tells whose it is.
      const booking = await cancelBooking(ctx, { callerId, ...bookingKeyFrom(input.bookingId) });
      return bookingAfter(ctx, info, booking, 'The booking was canceled');
    },
  }),
);
