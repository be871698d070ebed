import { checkSeats, holdSeats, SEATS_PER_HOLD_MAX } from '../../booking/hold-seats.ts';
import { checkIdempotencyKey } from '../../platform/idempotency-key.ts';
import { parseEventId } from '../../platform/ids.ts';
import { checkTogether } from '../../platform/input-errors.ts';
import { builder } from '../builder.ts';
import { callerOf } from '../caller.ts';
import { eventIdFrom, seatIndexesFrom } from '../input-ids.ts';
import { bookingAfter } from '../types/booking-after.ts';
import { HoldConflictPolicy } from '../types/enums/hold-conflict-policy.ts';
import { HoldSeatsResult } from '../types/hold-seats-result.ts';
import { admissionTokenDescription, idempotencyKeyDescription } from '../types/keys.ts';

const HoldSeatsInput = builder.inputType('HoldSeatsInput', {
  description: 'Which seats to hold.',
  fields: (t) => ({
    eventId: t.id({ required: true, description: 'The event.' }),
    seatIds: t.idList({
      required: true,
      description: `1 to ${SEATS_PER_HOLD_MAX} different seats, all of this event.`,
    }),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
    admissionToken: t.string({ description: admissionTokenDescription }),
    onConflict: t.field({
      type: HoldConflictPolicy,
      defaultValue: 'FAIL',
      description: 'What to do when some of the seats are not free.',
    }),
  }),
});

builder.mutationField('holdSeats', (t) =>
  t.field({
    type: HoldSeatsResult,
    nullable: true,
    description:
      "Holds all of the seats or none, for as long as the event says, otherwise the server's time (five minutes unless configured). A seat that the caller holds already counts as taken. With `onConflict: BEST_ALTERNATIVE`, where some seat is not free, the nearest block of as many seats is held instead in the same step: side by side, in the price tiers of those asked for. The booking says which; where there is no such block, it is a SeatsUnavailableError. Where the event forbids orphans (`orphanRule`), seats chosen so that a single one is left alone are an OrphanSeatsError with choices that would do.",
    args: {
      input: t.arg({
        type: HoldSeatsInput,
        required: true,
        description: 'Which seats, for whom it is all or nothing.',
      }),
    },
    authScopes: { viewer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const { eventId, seats } = await checkTogether({
        eventId: () => eventIdFrom(input.eventId),
        seats: () => {
          const indexes = seatIndexesFrom(input.seatIds, parseEventId(input.eventId));
          checkSeats(indexes);
          return indexes;
        },
        key: () => checkIdempotencyKey(input.idempotencyKey),
      });
      const record = await holdSeats(ctx, {
        buyerId: callerOf(ctx).userId,
        eventId,
        seats,
        idempotencyKey: input.idempotencyKey ?? null,
        onConflict: input.onConflict ?? 'FAIL',
      });
      return bookingAfter(ctx, info, record, 'The hold was created');
    },
  }),
);
