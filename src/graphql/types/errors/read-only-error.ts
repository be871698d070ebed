import { ReadOnlyError } from '../../../platform/errors.ts';
import { builder } from '../../schema/builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(ReadOnlyError, {
  name: 'ReadOnlyError',
  description: 'Writes are temporarily disabled; reads still work. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      description: 'The number of seconds to wait before retrying.',
    }),
  }),
});
