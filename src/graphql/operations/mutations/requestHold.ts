import { checkSeats, hashSeatsKey, sortSeats } from '../../../booking/operations/hold-seats.ts';
import { requestHold } from '../../../booking/operations/request-hold.ts';
import { checkTogether } from '../../../platform/input-errors.ts';
import { parseEventId } from '../../../platform/ids.ts';
import { checkSolution } from '../../inputs/challenge-solution.ts';
import { requireEventId, requireSeatIndexes } from '../../inputs/ids.ts';
import { requireIdempotencyKey, toRequestHoldContext } from '../../inputs/hold-request.ts';
import { builder } from '../../schema/builder.ts';
import { RequestHoldResult, toRequestResult } from '../../schema/hold-request.ts';
import { HoldSeatsInput } from './holdSeats.ts';

builder.mutationField('requestHold', (t) =>
  t.withAuth({ viewer: true }).field({
    type: RequestHoldResult,
    nullable: true,
    description:
      'Puts a hold into the queue of the event and returns at once. The outcome, which is that of `holdSeats`, comes through `holdRequestUpdates`, or `node` with the ID of the request. Requires an idempotency key: a call with the same key returns the same request, even if it was refused.',
    args: {
      input: t.arg({ type: HoldSeatsInput, required: true, description: 'The event and the seats to hold.' }),
    },
    resolve: async (_root, { input }, ctx) => {
      const { eventId, seats, idempotencyKey } = await checkTogether({
        eventId: () => requireEventId(input.eventId),
        seats: () => {
          const indexes = requireSeatIndexes(input.seatIds, parseEventId(input.eventId));
          checkSeats(indexes);
          return sortSeats(indexes);
        },
        solution: () => checkSolution(input.challengeSolution),
        idempotencyKey: () => requireIdempotencyKey(input.idempotencyKey),
      });
      const { userId: buyerId } = ctx.viewer;
      const onConflict = input.onConflict ?? 'FAIL';
      const key = hashSeatsKey(idempotencyKey, { seats, onConflict });
      const wanted = { operation: 'holdSeats', buyerId, seats, onConflict } as const;
      const limited = {
        eventId,
        count: seats.length,
        seats,
        operation: 'requestHold',
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
