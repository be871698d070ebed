import { cancelBooking } from '../../../booking/operations/cancel-booking.ts';
import { BookingStateError, CancellationRefusedError } from '../../../booking/rules/errors.ts';
import { requireBookingKey } from '../../inputs/ids.ts';
import { Booking, toBookingResult } from '../../schema/booking.ts';
import { builder } from '../../schema/builder.ts';
import { commonErrors } from '../../schema/mutation-results.ts';

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
  types: [Booking, CancellationRefusedError, BookingStateError, ...commonErrors],
});

builder.mutationField('cancelBooking', (t) =>
  t.withAuth({ viewer: true }).field({
    type: CancelBookingResult,
    nullable: true,
    description:
      'Cancels a confirmed booking and puts its seats back on sale; a booking in CANCELED is returned unchanged. Buyers get CancellationRefusedError unless the event allows them to cancel (`buyersMayCancel`); the organizer can always cancel. A booking in any other status returns BookingStateError: to give up a hold, use `releaseBooking`.',
    args: {
      input: t.arg({ type: CancelBookingInput, required: true, description: 'The booking to cancel.' }),
    },
    resolve: async (_root, { input }, ctx, info) => {
      const callerId = ctx.viewer.userId;
      // An organizer receives another user's booking here. None of its fields identify the buyer.
      const booking = await cancelBooking(ctx, { callerId, ...requireBookingKey(input.bookingId) });
      return toBookingResult(ctx, info, booking, 'The booking was canceled');
    },
  }),
);
