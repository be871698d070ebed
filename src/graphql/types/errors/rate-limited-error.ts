import { RateLimitedError } from '../../../platform/errors.ts';
import { builder } from '../../schema/builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(RateLimitedError, {
  name: 'RateLimitedError',
  description: 'The caller sent too many requests. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      description: 'The number of seconds to wait before retrying.',
    }),
  }),
});
