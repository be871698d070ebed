import { BookingStateError, HoldExpiredError } from '../../booking/errors.ts';
import { releaseBooking } from '../../booking/release-booking.ts';
import { builder } from '../builder.ts';
import { callerOf } from '../caller.ts';
import { bookingKeyFrom } from '../input-ids.ts';
import { bookingAfter } from '../types/booking-after.ts';
import { Booking } from '../types/booking.ts';
import { commonRefusals } from '../types/refusals.ts';

const ReleaseBookingInput = builder.inputType('ReleaseBookingInput', {
  description: 'Which hold to give back.',
  fields: (t) => ({
    bookingId: t.id({ required: true, description: "A booking of the caller's own." }),
  }),
});

const ReleaseBookingResult = builder.errorUnion('ReleaseBookingResult', {
  description: 'The booking in status RELEASED, or why it was not released.',
  types: [Booking, HoldExpiredError, BookingStateError, ...commonRefusals],
});

builder.mutationField('releaseBooking', (t) =>
  t.field({
    type: ReleaseBookingResult,
    nullable: true,
    description:
      'Gives a hold back. A RELEASED booking is the answer as it is, and nothing changes. From the deadline on it is a HoldExpiredError, with a CONFIRMED or CANCELED booking a BookingStateError.',
    args: { input: t.arg({ type: ReleaseBookingInput, required: true, description: 'Which hold.' }) },
    authScopes: { viewer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const buyerId = callerOf(ctx).userId;
      const booking = await releaseBooking(ctx, { buyerId, ...bookingKeyFrom(input.bookingId) });
      return bookingAfter(ctx, info, booking, 'The booking was released');
    },
  }),
);
