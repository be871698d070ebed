import { BusyError } from '../../../platform/errors.ts';
import { builder } from '../../builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(BusyError, {
  name: 'BusyError',
  description: 'It was not done in time. Try again, best with an idempotency key.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', { description: 'When trying again makes sense.' }),
    outcomeUnknown: t.exposeBoolean('outcomeUnknown', {
      description:
        'False: certainly nothing happened. True: the connection to the database broke while it was being written down and it could not be asked; another try with the same key tells.',
    }),
  }),
});
