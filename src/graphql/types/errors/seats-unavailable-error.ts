import { SeatsUnavailableError } from '../../../booking/rules/errors.ts';
import { builder } from '../../schema/builder.ts';
import { seatsByIndex } from '../../reads/seats-by-index.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(SeatsUnavailableError, {
  name: 'SeatsUnavailableError',
  description: 'A requested seat is not available, or too few seats match the request. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    seats: t.field({
      type: ['Seat'],
      description: 'The requested seats that are not available, sorted by index.',
      resolve: ({ eventId, seatIndexes }, _args, ctx) => seatsByIndex(ctx, eventId, seatIndexes),
    }),
    unavailableSeats: t.field({
      type: ['Seat'],
      description:
        'The same as `seats`, under a name that does not conflict with `Event.seats` in the same selection.',
      resolve: ({ eventId, seatIndexes }, _args, ctx) => seatsByIndex(ctx, eventId, seatIndexes),
    }),
  }),
});
