import {
  BookingStateError,
  EventNotOnSaleError,
  ExtensionRefusedError,
  HoldExpiredError,
} from '../../../booking/rules/errors.ts';
import { extendHold } from '../../../booking/operations/extend-hold.ts';
import { requireBookingKey } from '../../inputs/ids.ts';
import { Booking, toBookingResult } from '../../schema/booking.ts';
import { builder } from '../../schema/builder.ts';
import { commonErrors } from '../../schema/mutation-results.ts';

const ExtendHoldInput = builder.inputType('ExtendHoldInput', {
  description: 'Input of `extendHold`.',
  fields: (t) => ({
    bookingId: t.id({ required: true, description: 'The ID of a booking that the caller owns.' }),
  }),
});

const ExtendHoldResult = builder.errorUnion('ExtendHoldResult', {
  description: 'The booking with its new deadline, or the error that prevented the extension.',
  types: [
    Booking,
    ExtensionRefusedError,
    HoldExpiredError,
    BookingStateError,
    EventNotOnSaleError,
    ...commonErrors,
  ],
});

builder.mutationField('extendHold', (t) =>
  t.withAuth({ viewer: true }).field({
    type: ExtendHoldResult,
    nullable: true,
    description:
      "Extends the deadline of a hold by the event's `holdExtensionSeconds`, up to the hold's maximum lifetime. Returns ExtensionRefusedError if the event allows no extension or the hold was already extended. Returns HoldExpiredError after the deadline, and BookingStateError if the booking is not in HOLD.",
    args: { input: t.arg({ type: ExtendHoldInput, required: true, description: 'The hold to extend.' }) },
    resolve: async (_root, { input }, ctx, info) => {
      const buyerId = ctx.viewer.userId;
      const booking = await extendHold(ctx, { buyerId, ...requireBookingKey(input.bookingId) });
      ctx.budget?.followBooking(booking);
      return toBookingResult(ctx, info, booking, 'The hold was extended');
    },
  }),
);
