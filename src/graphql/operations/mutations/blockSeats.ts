import { SEATS_PER_BLOCK_MAX, blockSeats } from '../../../booking/operations/block-seats.ts';
import { parseBlockedSeats } from '../../inputs/ids.ts';
import { requireEventOrganizer } from '../../reads/access.ts';
import { builder } from '../../schema/builder.ts';
import { BlockSeatsResult, readEventResult } from '../../schema/mutation-results.ts';

const BlockSeatsInput = builder.inputType('BlockSeatsInput', {
  description: 'Input of `blockSeats`.',
  fields: (t) => ({
    eventId: t.id({ required: true, description: 'The ID of an event that the caller organizes.' }),
    seatIds: t.idList({
      required: true,
      description: `The IDs of 1 to ${SEATS_PER_BLOCK_MAX} seats of this event.`,
    }),
  }),
});

builder.mutationField('blockSeats', (t) =>
  t.field({
    type: BlockSeatsResult,
    nullable: true,
    description:
      'Takes seats off sale, all or none of them; seats that are already BLOCKED stay so. Returns SeatsUnavailableError if a seat is HELD or BOOKED. Organizer only.',
    args: {
      input: t.arg({
        type: BlockSeatsInput,
        required: true,
        description: 'The event and the seats to block.',
      }),
    },
    authScopes: { organizer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const { eventId, seats } = await parseBlockedSeats(input);
      const organizerId = await requireEventOrganizer(ctx, eventId);
      await blockSeats(ctx, { organizerId, eventId, seats });
      return readEventResult(ctx, info, eventId, 'The seats of the event were blocked');
    },
  }),
);
