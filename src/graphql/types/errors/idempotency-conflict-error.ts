import { IdempotencyConflictError } from '../../../platform/errors.ts';
import { builder } from '../../builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(IdempotencyConflictError, {
  name: 'IdempotencyConflictError',
  description: 'The idempotency key has succeeded before, with another input. Nothing was done.',
  interfaces: [ErrorInterface],
});
