import { SeatLimitExceededError } from '../../../booking/errors.ts';
import { builder } from '../../builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(SeatLimitExceededError, {
  name: 'SeatLimitExceededError',
  description:
    'Together with what the buyer holds and owns it would be more than `seatLimit` seats; nothing was held.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    limit: t.exposeInt('limit', { description: 'The most seats of this event that one buyer may have.' }),
  }),
});
