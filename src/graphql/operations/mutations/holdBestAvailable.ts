import {
  checkQuantity,
  hashBestKey,
  holdBestAvailable,
} from '../../../booking/operations/hold-best-available.ts';
import { SEATS_PER_HOLD_MAX } from '../../../booking/operations/hold-seats.ts';
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
import { requireEventId } from '../../inputs/ids.ts';
import { findSeatKind } from '../../inputs/seat-kind.ts';
import { builder } from '../../schema/builder.ts';
import { HoldSeatsResult } from '../../schema/mutation-results.ts';
import { toBookingResult } from '../../schema/booking.ts';

export const HoldBestAvailableInput = builder.inputType('HoldBestAvailableInput', {
  description: 'Input of `holdBestAvailable`.',
  fields: (t) => ({
    eventId: t.id({ required: true, description: 'The ID of the event.' }),
    quantity: t.int({
      required: true,
      description: `The number of seats to hold: 1 to ${SEATS_PER_HOLD_MAX}.`,
    }),
    section: t.string({
      description: 'The name of a section. If set, only seats in this section are considered.',
    }),
    priceTier: t.string({
      description: 'The name of a price tier. If set, only seats in this tier are considered.',
    }),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
    admissionToken: t.string({ description: admissionTokenDescription }),
    challengeSolution: t.string({ description: challengeSolutionDescription }),
  }),
});

builder.mutationField('holdBestAvailable', (t) =>
  t.withAuth({ viewer: true }).field({
    type: HoldSeatsResult,
    nullable: true,
    description:
      'Holds the best available seats: adjacent seats in one row, in the most expensive price tier and closest to the stage. If no row has enough adjacent seats, holds seats that are close together. Returns SeatsUnavailableError without `seats` if too few are available, and AdmissionRequiredError as `holdSeats` does.',
    args: {
      input: t.arg({
        type: HoldBestAvailableInput,
        required: true,
        description: 'The number and kind of seats to hold.',
      }),
    },
    resolve: async (_root, { input }, ctx, info) => {
      const { eventId, kind } = await checkTogether({
        eventId: () => requireEventId(input.eventId),
        quantity: () => checkQuantity(input.quantity),
        solution: () => checkSolution(input.challengeSolution),
        key: () => input.idempotencyKey == null || checkIdempotencyKey(input.idempotencyKey),
        kind: () => {
          const id = parseEventId(input.eventId);
          return id === null ? null : findSeatKind(ctx, id, input.section ?? null, input.priceTier ?? null);
        },
      });
      const { idempotencyKey = null, admissionToken } = input;
      const limited = {
        eventId,
        count: input.quantity,
        operation: 'holdBestAvailable',
        idempotencyKey,
        solution: input.challengeSolution,
      };
      const buyerId = ctx.viewer.userId;
      const { quantity } = input;
      const choice = { quantity, section: kind?.section ?? null, tierIndex: kind?.tierIndex ?? null };
      const isAdmitted = await ctx.waitingRooms.requireAdmission(admissionToken, {
        eventId,
        buyerId,
        mode: 'DIRECT',
        isRetry: async () =>
          idempotencyKey !== null &&
          isKeyUsed(ctx.database.reads, eventId, buyerId, hashBestKey(idempotencyKey, choice)),
      });
      const record = await holdWithinLimit(ctx, limited, () =>
        holdBestAvailable(ctx, { buyerId, eventId, ...choice, idempotencyKey, isAdmitted }),
      );
      ctx.waitingRooms.noteHold(eventId, buyerId, record.holdExpiresAtMs);
      return toBookingResult(ctx, info, record, 'The hold was created');
    },
  }),
);
