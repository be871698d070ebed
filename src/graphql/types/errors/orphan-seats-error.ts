import { OrphanSeatsError } from '../../../booking/rules/errors.ts';
import { builder } from '../../schema/builder.ts';
import { seatsByIndex } from '../../reads/seats-by-index.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(OrphanSeatsError, {
  name: 'OrphanSeatsError',
  description:
    "The choice would leave single seats isolated, which the event's `orphanRule` forbids. Nothing was changed.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    seats: t.field({
      type: ['Seat'],
      description: 'The seats that would be isolated, sorted by index.',
      resolve: ({ eventId, seatIndexes }, _args, ctx) => seatsByIndex(ctx, eventId, seatIndexes),
    }),
    alternatives: t.field({
      type: [t.listRef('Seat')],
      description:
        'Up to three alternatives: blocks of the same number of adjacent seats that are allowed and were available, nearest first. Empty if there are none.',
      resolve: async ({ eventId, alternatives }, _args, ctx) => {
        const seats = await seatsByIndex(ctx, eventId, alternatives.flat());
        return alternatives.map((choice) => seats.filter(({ index }) => choice.includes(index)));
      },
    }),
  }),
});
