import { OrphanSeatsError } from '../../../booking/errors.ts';
import { builder } from '../../builder.ts';
import { seatsByIndex } from '../../reads/seats-by-index.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(OrphanSeatsError, {
  name: 'OrphanSeatsError',
  description:
    'The choice would leave single seats alone, which the event forbids (`orphanRule`). Nothing was held or changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    seats: t.field({
      type: ['Seat'],
      description: 'Those that would be left alone, by index.',
      resolve: ({ eventId, seatIndexes }, _args, ctx) => seatsByIndex(ctx, eventId, seatIndexes),
    }),
    alternatives: t.field({
      type: [t.listRef('Seat')],
      description:
        'Up to three choices of as many seats that are allowed and were free just now, each side by side, the nearest first. Empty where there are none.',
      resolve: async ({ eventId, alternatives }, _args, ctx) => {
        const seats = await seatsByIndex(ctx, eventId, alternatives.flat());
        return alternatives.map((choice) => seats.filter(({ index }) => choice.includes(index)));
      },
    }),
  }),
});
