import { InvalidInputError } from '../../../platform/errors.ts';
import { builder } from '../../builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'The input can never be right as it is; the message says what would be.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    field: t.exposeString('field', { description: 'Which field of the input, dotted where it lies deeper.' }),
  }),
});
