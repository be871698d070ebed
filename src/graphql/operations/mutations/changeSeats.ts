import { changeSeats } from '../../../booking/operations/change-seats.ts';
import {
  BookingStateError,
  EventNotOnSaleError,
  HoldExpiredError,
  OrphanSeatsError,
  SeatLimitExceededError,
  SeatsUnavailableError,
} from '../../../booking/rules/errors.ts';
import { checkSeats, SEATS_PER_HOLD_MAX } from '../../../booking/operations/hold-seats.ts';
import { parseBookingId } from '../../../platform/ids.ts';
import { AdmissionRequiredError } from '../../../platform/errors.ts';
import { checkTogether } from '../../../platform/input-errors.ts';
import { changeWithinLimit } from '../../engine/rate-limits.ts';
import { admissionTokenDescription, challengeSolutionDescription } from '../../inputs/descriptions.ts';
import { checkSolution } from '../../inputs/challenge-solution.ts';
import { requireBookingKey, requireSeatIndexes } from '../../inputs/ids.ts';
import { Booking, toBookingResult } from '../../schema/booking.ts';
import { builder } from '../../schema/builder.ts';
import { commonErrors } from '../../schema/mutation-results.ts';

const ChangeSeatsInput = builder.inputType('ChangeSeatsInput', {
  description: 'Input of `changeSeats`.',
  fields: (t) => ({
    bookingId: t.id({ required: true, description: 'The ID of a booking that the caller owns.' }),
    seatIds: t.idList({
      required: true,
      description: `The IDs of all seats of the hold after the change, including those that it keeps: 1 to ${SEATS_PER_HOLD_MAX} distinct seats of the same event.`,
    }),
    admissionToken: t.string({ description: admissionTokenDescription }),
    challengeSolution: t.string({ description: challengeSolutionDescription }),
  }),
});

const ChangeSeatsResult = builder.errorUnion('ChangeSeatsResult', {
  description: 'The booking with its new seats, or the error that prevented the change.',
  types: [
    Booking,
    SeatsUnavailableError,
    SeatLimitExceededError,
    OrphanSeatsError,
    HoldExpiredError,
    BookingStateError,
    EventNotOnSaleError,
    AdmissionRequiredError,
    ...commonErrors,
  ],
});

builder.mutationField('changeSeats', (t) =>
  t.withAuth({ viewer: true }).field({
    type: ChangeSeatsResult,
    nullable: true,
    description:
      'Replaces the seats of a hold atomically; its deadline stays the same, and its total is recalculated. The rules of `holdSeats` apply to the new seats, and if they are refused, the hold keeps the old ones. Returns HoldExpiredError after the deadline, and BookingStateError if the booking is not in HOLD.',
    args: {
      input: t.arg({ type: ChangeSeatsInput, required: true, description: 'The hold and its new seats.' }),
    },
    resolve: async (_root, { input }, ctx, info) => {
      const buyerId = ctx.viewer.userId;
      const { key, seats } = await checkTogether({
        key: () => requireBookingKey(input.bookingId),
        solution: () => checkSolution(input.challengeSolution),
        seats: () => {
          const eventId = parseBookingId(input.bookingId)?.eventId ?? null;
          const indexes = requireSeatIndexes(input.seatIds, eventId);
          checkSeats(indexes);
          return indexes;
        },
      });
      const limited = {
        eventId: key.eventId,
        count: seats.length,
        seats,
        operation: 'changeSeats',
        solution: input.challengeSolution,
      };
      const isAdmitted = ctx.waitingRooms.isAdmitted(input.admissionToken, key.eventId, buyerId);
      const booking = await changeWithinLimit(ctx, limited, () =>
        changeSeats(ctx, { buyerId, ...key, seats, isAdmitted }),
      );
      return toBookingResult(ctx, info, booking, 'The hold was changed');
    },
  }),
);
