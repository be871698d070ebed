import { SeatLimitExceededError } from '../../../booking/rules/errors.ts';
import { builder } from '../../schema/builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(SeatLimitExceededError, {
  name: 'SeatLimitExceededError',
  description:
    'The buyer would have more seats at this event than its `seatLimit`, held and booked together. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    limit: t.exposeInt('limit', {
      description: 'The maximum number of seats that one buyer may have at this event.',
    }),
  }),
});
