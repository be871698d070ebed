import { SelloutError } from '../../../platform/errors.ts';
import { builder } from '../../schema/builder.ts';
import { ErrorInterface } from '../error.ts';

/** Part of the contract from the first day on; thrown from when there are waiting rooms. */
export class AdmissionRequiredError extends SelloutError {
  readonly code = 'ADMISSION_REQUIRED';

  constructor() {
    super(
      "The event's waiting room is active. Join it to get an admission token, and retry with that token.",
    );
  }
}

builder.objectType(AdmissionRequiredError, {
  name: 'AdmissionRequiredError',
  description: "The event's waiting room is active, and the admission token is missing, invalid, or expired.",
  interfaces: [ErrorInterface],
});
