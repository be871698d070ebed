import { NotFoundError } from '../../../platform/errors.ts';
import { builder } from '../../schema/builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'The object does not exist, or the caller is not allowed to see it.',
  interfaces: [ErrorInterface],
});
