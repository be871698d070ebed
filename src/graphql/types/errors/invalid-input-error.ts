import { InvalidInputError, type InputFieldError as FieldError } from '../../../platform/errors.ts';
import { INPUT_ERRORS_MAX } from '../../../platform/input-errors.ts';
import { builder } from '../../schema/builder.ts';
import { ErrorInterface } from '../error.ts';

const InputFieldError = builder.objectRef<FieldError>('InputFieldError').implement({
  description: 'An input field that is not valid.',
  fields: (t) => ({
    field: t.exposeString('field', {
      description: 'The path of the field in the input, separated by dots, such as `priceTiers.2.amount`.',
    }),
    message: t.exposeString('message', {
      description: 'What is wrong with the field, and which values are allowed.',
    }),
  }),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'The input is not valid. Nothing was changed; do not retry with the same input.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    field: t.exposeString('field', {
      description:
        'The path of the first field that is not valid, separated by dots. `message` is about this field.',
    }),
    errors: t.field({
      type: [InputFieldError],
      description: `All fields that are not valid, each once. At most ${INPUT_ERRORS_MAX} are returned.`,
      resolve: ({ errors }) => errors,
    }),
  }),
});
