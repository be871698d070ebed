import type { SelloutError } from '../../platform/errors.ts';
import { builder } from '../schema/builder.ts';
import { ErrorCode, type ErrorCodeName } from './enums/error-code.ts';

/** Fields of every expected error. Domain errors become data through their own types in errors/. */
export const ErrorInterface = builder.interfaceRef<SelloutError>('Error').implement({
  description:
    'An expected error, returned as data. All members of a result union except the successful result implement it.',
  fields: (t) => ({
    code: t.field({
      type: ErrorCode,
      description: 'A machine-readable code that identifies the kind of error.',
      resolve: (error) => error.code as ErrorCodeName,
    }),
    message: t.exposeString('message', {
      description: 'A human-readable explanation in English: what happened and how to fix it.',
    }),
  }),
});
