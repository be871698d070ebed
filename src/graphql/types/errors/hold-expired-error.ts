import { HoldExpiredError } from '../../../booking/rules/errors.ts';
import { builder } from '../../schema/builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(HoldExpiredError, {
  name: 'HoldExpiredError',
  description: 'The hold has expired, and other buyers can take its seats. Start a new hold.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    expiredAt: t.expose('expiredAt', { type: 'DateTime', description: 'Time at which the hold expired.' }),
  }),
});
