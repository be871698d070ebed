import { IdempotencyConflictError } from '../../../platform/errors.ts';
import { builder } from '../../schema/builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(IdempotencyConflictError, {
  name: 'IdempotencyConflictError',
  description: 'The idempotency key was already used with different input. Nothing was changed.',
  interfaces: [ErrorInterface],
});
