import { BookingStateError, HoldExpiredError } from '../../../booking/rules/errors.ts';
import { releaseBooking } from '../../../booking/operations/release-booking.ts';
import { builder } from '../../schema/builder.ts';
import { callerOf } from '../../schema/caller.ts';
import { bookingKeyFrom } from '../../schema/input-ids.ts';
import { bookingAfter } from '../../types/booking-after.ts';
import { Booking } from '../../types/booking.ts';
import { commonRefusals } from '../../types/refusals.ts';

const ReleaseBookingInput = builder.inputType('ReleaseBookingInput', {
  description: 'Input of `releaseBooking`.',
  fields: (t) => ({
    bookingId: t.id({ required: true, description: 'The ID of a booking that the caller owns.' }),
  }),
});

const ReleaseBookingResult = builder.errorUnion('ReleaseBookingResult', {
  description: 'The booking in status RELEASED, or the error that prevented the release.',
  types: [Booking, HoldExpiredError, BookingStateError, ...commonRefusals],
});

builder.mutationField('releaseBooking', (t) =>
  t.field({
    type: ReleaseBookingResult,
    nullable: true,
    description:
      'Releases a hold, which puts its seats back on sale. A booking in RELEASED is returned unchanged. Returns HoldExpiredError after the deadline, and BookingStateError if the booking is in CONFIRMED or CANCELED.',
    args: {
      input: t.arg({ type: ReleaseBookingInput, required: true, description: 'The hold to release.' }),
    },
    authScopes: { viewer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const buyerId = callerOf(ctx).userId;
      const booking = await releaseBooking(ctx, { buyerId, ...bookingKeyFrom(input.bookingId) });
      return bookingAfter(ctx, info, booking, 'The booking was released');
    },
  }),
);
