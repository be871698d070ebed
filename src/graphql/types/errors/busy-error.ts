import { BusyError } from '../../../platform/errors.ts';
import { builder } from '../../schema/builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(BusyError, {
  name: 'BusyError',
  description:
    'The server could not complete the operation in time. Retry it, with the same idempotency key if it takes one.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      description: 'The number of seconds to wait before retrying.',
    }),
    outcomeUnknown: t.exposeBoolean('outcomeUnknown', {
      description:
        'If false, nothing was changed. If true, the connection to the database was lost during the commit, and the change may or may not have been made: a retry with the same idempotency key returns the outcome.',
    }),
  }),
});
