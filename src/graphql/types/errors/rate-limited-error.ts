import { RateLimitedError } from '../../../platform/errors.ts';
import { builder } from '../../builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(RateLimitedError, {
  name: 'RateLimitedError',
  description: 'Too many requests; nothing was done.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', { description: 'When trying again makes sense.' }),
  }),
});
