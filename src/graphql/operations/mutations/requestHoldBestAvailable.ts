import { checkQuantity, hashBestKey } from '../../../booking/operations/hold-best-available.ts';
import { requestHold } from '../../../booking/operations/request-hold.ts';
import { checkTogether } from '../../../platform/input-errors.ts';
import { parseEventId } from '../../../platform/ids.ts';
import { checkSolution } from '../../inputs/challenge-solution.ts';
import { requireEventId } from '../../inputs/ids.ts';
import { requireIdempotencyKey, toRequestHoldContext } from '../../inputs/hold-request.ts';
import { findSeatKind } from '../../inputs/seat-kind.ts';
import { builder } from '../../schema/builder.ts';
import { RequestHoldResult, toRequestResult } from '../../schema/hold-request.ts';
import { HoldBestAvailableInput } from './holdBestAvailable.ts';

builder.mutationField('requestHoldBestAvailable', (t) =>
  t.withAuth({ viewer: true }).field({
    type: RequestHoldResult,
    nullable: true,
    description:
      'Like `requestHold`, for the best available seats: the outcome is that of `holdBestAvailable`.',
    args: {
      input: t.arg({
        type: HoldBestAvailableInput,
        required: true,
        description: 'The number and kind of seats to hold.',
      }),
    },
    resolve: async (_root, { input }, ctx) => {
      const { quantity } = input;
      const { eventId, kind, idempotencyKey } = await checkTogether({
        eventId: () => requireEventId(input.eventId),
        quantity: () => checkQuantity(quantity),
        solution: () => checkSolution(input.challengeSolution),
        idempotencyKey: () => requireIdempotencyKey(input.idempotencyKey),
        kind: () => {
          const id = parseEventId(input.eventId);
          return id === null ? null : findSeatKind(ctx, id, input.section ?? null, input.priceTier ?? null);
        },
      });
      const { userId: buyerId } = ctx.viewer;
      const choice = { quantity, section: kind?.section ?? null, tierIndex: kind?.tierIndex ?? null };
      const key = hashBestKey(idempotencyKey, choice);
      const wanted = { operation: 'holdBestAvailable', buyerId, ...choice } as const;
      const limited = {
        eventId,
        count: quantity,
        operation: 'requestHoldBestAvailable',
        key,
        admissionToken: input.admissionToken,
        solution: input.challengeSolution,
      };
      return toRequestResult(
        await requestHold(toRequestHoldContext(ctx, { ...limited, buyerId }), eventId, wanted, key),
      );
    },
  }),
);
