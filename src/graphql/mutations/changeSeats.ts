import { changeSeats } from '../../booking/change-seats.ts';
import {
  BookingStateError,
  EventNotOnSaleError,
  HoldExpiredError,
  OrphanSeatsError,
  SeatLimitExceededError,
  SeatsUnavailableError,
} from '../../booking/errors.ts';
import { checkSeats, SEATS_PER_HOLD_MAX } from '../../booking/hold-seats.ts';
import { parseBookingId } from '../../platform/ids.ts';
import { checkTogether } from '../../platform/input-errors.ts';
import { builder } from '../builder.ts';
import { callerOf } from '../caller.ts';
import { bookingKeyFrom, seatIndexesFrom } from '../input-ids.ts';
import { bookingAfter } from '../types/booking-after.ts';
import { Booking } from '../types/booking.ts';
import { commonRefusals } from '../types/refusals.ts';

const ChangeSeatsInput = builder.inputType('ChangeSeatsInput', {
  description: 'Which seats a hold is to have.',
  fields: (t) => ({
    bookingId: t.id({ required: true, description: "A booking of the caller's own." }),
    seatIds: t.idList({
      required: true,
      description: `All seats that it is to have from now on, those that stay among them: 1 to ${SEATS_PER_HOLD_MAX} different seats of its event.`,
    }),
  }),
});

const ChangeSeatsResult = builder.errorUnion('ChangeSeatsResult', {
  description: 'The booking with its new seats, or why it keeps the old ones.',
  types: [
    Booking,
    SeatsUnavailableError,
    SeatLimitExceededError,
    OrphanSeatsError,
    HoldExpiredError,
    BookingStateError,
    EventNotOnSaleError,
    ...commonRefusals,
  ],
});

builder.mutationField('changeSeats', (t) =>
  t.field({
    type: ChangeSeatsResult,
    nullable: true,
    description:
      'Swaps the seats of a hold for others in one step: it has all of the new ones afterwards, or still all of the old. The deadline stays, and the total is that of the new seats. What holdSeats would refuse is refused here; from the deadline on it is a HoldExpiredError, with a booking that is no hold a BookingStateError.',
    args: {
      input: t.arg({ type: ChangeSeatsInput, required: true, description: 'Which hold, and its seats.' }),
    },
    authScopes: { viewer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const buyerId = callerOf(ctx).userId;
      const { key, seats } = await checkTogether({
        key: () => bookingKeyFrom(input.bookingId),
        seats: () => {
          const eventId = parseBookingId(input.bookingId)?.eventId ?? null;
          const indexes = seatIndexesFrom(input.seatIds, eventId);
          checkSeats(indexes);
          return indexes;
        },
      });
      const booking = await changeSeats(ctx, { buyerId, ...key, seats });
      return bookingAfter(ctx, info, booking, 'The hold was changed');
    },
  }),
);
