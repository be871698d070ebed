import { BookingStateError, HoldExpiredError } from '../../../booking/rules/errors.ts';
import { releaseBooking } from '../../../booking/operations/release-booking.ts';
import { requireBookingKey } from '../../inputs/ids.ts';
import { Booking, toBookingResult } from '../../schema/booking.ts';
import { builder } from '../../schema/builder.ts';
import { commonErrors } from '../../schema/mutation-results.ts';

const ReleaseBookingInput = builder.inputType('ReleaseBookingInput', {
  description: 'Input of `releaseBooking`.',
  fields: (t) => ({
    bookingId: t.id({ required: true, description: 'The ID of a booking that the caller owns.' }),
  }),
});

const ReleaseBookingResult = builder.errorUnion('ReleaseBookingResult', {
  description: 'The booking in status RELEASED, or the error that prevented the release.',
  types: [Booking, HoldExpiredError, BookingStateError, ...commonErrors],
});

builder.mutationField('releaseBooking', (t) =>
  t.withAuth({ viewer: true }).field({
    type: ReleaseBookingResult,
    nullable: true,
    description:
      'Releases a hold, which puts its seats back on sale. A booking in RELEASED is returned unchanged. Returns HoldExpiredError after the deadline, and BookingStateError if the booking is in CONFIRMED or CANCELED.',
    args: {
      input: t.arg({ type: ReleaseBookingInput, required: true, description: 'The hold to release.' }),
    },
    resolve: async (_root, { input }, ctx, info) => {
      const buyerId = ctx.viewer.userId;
      const booking = await releaseBooking(ctx, { buyerId, ...requireBookingKey(input.bookingId) });
      ctx.budget?.followBooking(booking);
      return toBookingResult(ctx, info, booking, 'The booking was released');
    },
  }),
);
