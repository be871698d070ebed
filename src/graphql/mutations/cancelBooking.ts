import { cancelBooking } from '../../booking/cancel-booking.ts';
import { BookingStateError, CancellationRefusedError } from '../../booking/errors.ts';
import { builder } from '../builder.ts';
import { callerOf } from '../caller.ts';
import { bookingKeyFrom } from '../input-ids.ts';
import { bookingAfter } from '../types/booking-after.ts';
import { Booking } from '../types/booking.ts';
import { commonRefusals } from '../types/refusals.ts';

const CancelBookingInput = builder.inputType('CancelBookingInput', {
  description: 'Which booking to cancel.',
  fields: (t) => ({
    bookingId: t.id({
      required: true,
      description: "A booking of the caller's own, or any at an event of the caller's own.",
    }),
  }),
});

const CancelBookingResult = builder.errorUnion('CancelBookingResult', {
  description: 'The booking in status CANCELED, or why it was not canceled.',
  types: [Booking, CancellationRefusedError, BookingStateError, ...commonRefusals],
});

builder.mutationField('cancelBooking', (t) =>
  t.field({
    type: CancelBookingResult,
    nullable: true,
    description:
      'Undoes a confirmed booking; its seats go on sale again. For the organizer of the event, and for the buyer where the event allows it (`buyersMayCancel`), otherwise a CancellationRefusedError. A CANCELED booking is the answer as it is, and nothing changes; with any other that is not CONFIRMED it is a BookingStateError. A hold is given back with releaseBooking.',
    args: { input: t.arg({ type: CancelBookingInput, required: true, description: 'Which booking.' }) },
    authScopes: { viewer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const callerId = callerOf(ctx).userId;
      // An organizer gets the booking as an answer, once; nothing of it tells whose it is.
      const booking = await cancelBooking(ctx, { callerId, ...bookingKeyFrom(input.bookingId) });
      return bookingAfter(ctx, info, booking, 'The booking was canceled');
    },
  }),
);
