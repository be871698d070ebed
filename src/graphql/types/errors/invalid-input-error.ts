import { InvalidInputError, type InputFieldError as FieldError } from '../../../platform/errors.ts';
import { INPUT_ERRORS_MAX } from '../../../platform/input-errors.ts';
import { builder } from '../../builder.ts';
import { ErrorInterface } from '../error.ts';

const InputFieldError = builder.objectRef<FieldError>('InputFieldError').implement({
  description: 'A wrong field of an input.',
  fields: (t) => ({
    field: t.exposeString('field', {
      description: "The field's path in the input, dotted below the first level: `priceTiers.2.amount`.",
    }),
    message: t.exposeString('message', { description: 'What is wrong with it, and what is allowed.' }),
  }),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'The input is not valid. Nothing was done; the same input always fails.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    field: t.exposeString('field', {
      description: 'The first wrong field, dotted below the first level. `message` is about this field.',
    }),
    errors: t.field({
      type: [InputFieldError],
      description: `All wrong fields of the input, each once; the first ${INPUT_ERRORS_MAX} if there are more.`,
      resolve: ({ errors }) => errors,
    }),
  }),
});
