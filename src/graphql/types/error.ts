import type { SelloutError } from '../../platform/errors.ts';
import { builder } from '../builder.ts';
import { ErrorCode, type ErrorCodeName } from './enums/error-code.ts';

/** What every refusal has. Errors of the domain rooms become data through their own types in errors/. */
export const ErrorInterface = builder.interfaceRef<SelloutError>('Error').implement({
  description: 'A refusal as data: every member of a result union that is not the success is one.',
  fields: (t) => ({
    code: t.field({
      type: ErrorCode,
      description: 'What went wrong, for programs.',
      resolve: (error) => error.code as ErrorCodeName,
    }),
    message: t.exposeString('message', {
      description: 'What went wrong and what would be right, for people, in English.',
    }),
  }),
});
