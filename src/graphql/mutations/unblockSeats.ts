import { SEATS_PER_BLOCK_MAX, unblockSeats } from '../../booking/block-seats.ts';
import { builder } from '../builder.ts';
import { blockedSeatsFrom } from '../input-ids.ts';
import { organizerOfEvent } from '../own-event.ts';
import { BlockSeatsResult } from '../types/block-seats-result.ts';
import { eventAfter } from '../types/event-after.ts';

const UnblockSeatsInput = builder.inputType('UnblockSeatsInput', {
  description: 'Which seats to put on sale again.',
  fields: (t) => ({
    eventId: t.id({ required: true, description: "An event of the caller's own." }),
    seatIds: t.idList({
      required: true,
      description: `1 to ${SEATS_PER_BLOCK_MAX} seats, all of this event.`,
    }),
  }),
});

builder.mutationField('unblockSeats', (t) =>
  t.field({
    type: BlockSeatsResult,
    nullable: true,
    description:
      'Puts blocked seats on sale again, all of them or none. Those that are on sale already stay so; one that is held or booked is a SeatsUnavailableError. For the organizer of the event.',
    args: { input: t.arg({ type: UnblockSeatsInput, required: true, description: 'Which seats.' }) },
    authScopes: { organizer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const { eventId, seats } = await blockedSeatsFrom(input);
      const organizerId = await organizerOfEvent(ctx, eventId);
      await unblockSeats(ctx, { organizerId, eventId, seats });
      return eventAfter(ctx, info, eventId, 'The seats of the event were unblocked');
    },
  }),
);
