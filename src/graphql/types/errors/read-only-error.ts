import { ReadOnlyError } from '../../../platform/errors.ts';
import { builder } from '../../builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(ReadOnlyError, {
  name: 'ReadOnlyError',
  description: 'Writes are switched off for a while; reading goes on. Nothing was done.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', { description: 'When trying again makes sense.' }),
  }),
});
