import { HoldExpiredError } from '../../../booking/errors.ts';
import { builder } from '../../builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(HoldExpiredError, {
  name: 'HoldExpiredError',
  description: 'The hold ran out before; its seats are for others to take.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    expiredAt: t.expose('expiredAt', { type: 'DateTime', description: 'When it ran out.' }),
  }),
});
