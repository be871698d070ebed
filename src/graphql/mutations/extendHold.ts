import {
  BookingStateError,
  EventNotOnSaleError,
  ExtensionRefusedError,
  HoldExpiredError,
} from '../../booking/errors.ts';
import { extendHold } from '../../booking/extend-hold.ts';
import { builder } from '../builder.ts';
import { callerOf } from '../caller.ts';
import { bookingKeyFrom } from '../input-ids.ts';
import { bookingAfter } from '../types/booking-after.ts';
import { Booking } from '../types/booking.ts';
import { commonRefusals } from '../types/refusals.ts';

const ExtendHoldInput = builder.inputType('ExtendHoldInput', {
  description: 'Which hold to extend.',
  fields: (t) => ({
    bookingId: t.id({ required: true, description: "A booking of the caller's own." }),
  }),
});

const ExtendHoldResult = builder.errorUnion('ExtendHoldResult', {
  description: 'The booking with its new deadline, or why it keeps the old one.',
  types: [
    Booking,
    ExtensionRefusedError,
    HoldExpiredError,
    BookingStateError,
    EventNotOnSaleError,
    ...commonRefusals,
  ],
});

builder.mutationField('extendHold', (t) =>
  t.field({
    type: ExtendHoldResult,
    nullable: true,
    description:
      "Puts the deadline of a hold off, once, by the event's `holdExtensionSeconds`, but never past the longest life of a hold that the event may have set. Where that is not possible (any more), it is an ExtensionRefusedError; from the deadline on a HoldExpiredError; with a booking that is no hold a BookingStateError.",
    args: { input: t.arg({ type: ExtendHoldInput, required: true, description: 'Which hold.' }) },
    authScopes: { viewer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const buyerId = callerOf(ctx).userId;
      const booking = await extendHold(ctx, { buyerId, ...bookingKeyFrom(input.bookingId) });
      return bookingAfter(ctx, info, booking, 'The hold was extended');
    },
  }),
);
