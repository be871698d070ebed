import { NotFoundError } from '../../../platform/errors.ts';
import { builder } from '../../builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'There is nothing of that id, or it is not for the caller to see.',
  interfaces: [ErrorInterface],
});
