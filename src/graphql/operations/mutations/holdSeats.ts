import {
  checkSeats,
  hashSeatsKey,
  holdSeats,
  SEATS_PER_HOLD_MAX,
  sortSeats,
} from '../../../booking/operations/hold-seats.ts';
import { isKeyUsed } from '../../../booking/operations/find-used-key.sql.ts';
import { checkIdempotencyKey } from '../../../platform/idempotency-key.ts';
import { parseEventId } from '../../../platform/ids.ts';
import { checkTogether } from '../../../platform/input-errors.ts';
import {
  admissionTokenDescription,
  challengeSolutionDescription,
  idempotencyKeyDescription,
} from '../../inputs/descriptions.ts';
import { holdWithinLimit } from '../../engine/rate-limits.ts';
import { checkSolution } from '../../inputs/challenge-solution.ts';
import { requireEventId, requireSeatIndexes } from '../../inputs/ids.ts';
import { builder } from '../../schema/builder.ts';
import { HoldSeatsResult } from '../../schema/mutation-results.ts';
import { toBookingResult } from '../../schema/booking.ts';

const HoldConflictPolicy = builder.enumType('HoldConflictPolicy', {
  description: 'What to do if a requested seat is not available.',
  values: {
    FAIL: { description: 'Hold nothing and return SeatsUnavailableError with the seats that are taken.' },
    BEST_ALTERNATIVE: {
      description:
        'Hold the nearest block of the same number of adjacent seats instead, in the price tiers of the requested seats. If there is no such block, return SeatsUnavailableError.',
    },
  } as const,
});

export const HoldSeatsInput = builder.inputType('HoldSeatsInput', {
  description: 'Input of `holdSeats`.',
  fields: (t) => ({
    eventId: t.id({ required: true, description: 'The ID of the event.' }),
    seatIds: t.idList({
      required: true,
      description: `The IDs of 1 to ${SEATS_PER_HOLD_MAX} distinct seats of this event.`,
    }),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
    admissionToken: t.string({ description: admissionTokenDescription }),
    challengeSolution: t.string({ description: challengeSolutionDescription }),
    onConflict: t.field({
      type: HoldConflictPolicy,
      defaultValue: 'FAIL',
      description: 'What to do if a requested seat is not available.',
    }),
  }),
});

builder.mutationField('holdSeats', (t) =>
  t.withAuth({ viewer: true }).field({
    type: HoldSeatsResult,
    nullable: true,
    description:
      "Holds all of the requested seats or none of them, for the event's hold time (by default, five minutes). Returns SeatsUnavailableError if a seat is not available, including one that the caller already holds; with `onConflict: BEST_ALTERNATIVE`, holds nearby seats instead. Returns OrphanSeatsError with alternatives if the event's `orphanRule` forbids the choice, and AdmissionRequiredError while the event's waiting room is on and the caller is not admitted.",
    args: {
      input: t.arg({
        type: HoldSeatsInput,
        required: true,
        description: 'The event and the seats to hold.',
      }),
    },
    resolve: async (_root, { input }, ctx, info) => {
      const { eventId, seats } = await checkTogether({
        eventId: () => requireEventId(input.eventId),
        seats: () => {
          const indexes = requireSeatIndexes(input.seatIds, parseEventId(input.eventId));
          checkSeats(indexes);
          return indexes;
        },
        solution: () => checkSolution(input.challengeSolution),
        key: () => input.idempotencyKey == null || checkIdempotencyKey(input.idempotencyKey),
      });
      const { idempotencyKey = null, admissionToken } = input;
      const limited = {
        eventId,
        count: seats.length,
        seats,
        operation: 'holdSeats',
        idempotencyKey,
        solution: input.challengeSolution,
      };
      const buyerId = ctx.viewer.userId;
      const onConflict = input.onConflict ?? 'FAIL';
      const isAdmitted = await ctx.waitingRooms.requireAdmission(admissionToken, {
        eventId,
        buyerId,
        mode: 'DIRECT',
        isRetry: async () =>
          idempotencyKey !== null &&
          isKeyUsed(
            ctx.database.reads,
            eventId,
            buyerId,
            hashSeatsKey(idempotencyKey, { seats: sortSeats(seats), onConflict }),
          ),
      });
      const record = await holdWithinLimit(ctx, limited, () =>
        holdSeats(ctx, { buyerId, eventId, seats, idempotencyKey, onConflict, isAdmitted }),
      );
      ctx.waitingRooms.noteHold(eventId, buyerId, record.holdExpiresAtMs);
      return toBookingResult(ctx, info, record, 'The hold was created');
    },
  }),
);
