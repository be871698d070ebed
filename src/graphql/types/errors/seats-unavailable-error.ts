import { SeatsUnavailableError } from '../../../booking/errors.ts';
import { builder } from '../../builder.ts';
import { seatsByIndex } from '../../reads/seats-by-index.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(SeatsUnavailableError, {
  name: 'SeatsUnavailableError',
  description:
    'Some seat that was asked for is not free, or there are too few of the kind. Nothing was held.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    seats: t.field({
      type: ['Seat'],
      description: 'Those of the seats asked for that are not free, and no others, by index.',
      resolve: ({ eventId, seatIndexes }, _args, ctx) => seatsByIndex(ctx, eventId, seatIndexes),
    }),
    unavailableSeats: t.field({
      type: ['Seat'],
      description: 'The same as `seats`. Needs no alias beside `Event.seats`, which is a connection.',
      resolve: ({ eventId, seatIndexes }, _args, ctx) => seatsByIndex(ctx, eventId, seatIndexes),
    }),
  }),
});
