import {
  AdmissionRequiredError,
  BusyError,
  InvalidInputError,
  RateLimitedError,
} from '../../../../platform/errors.ts';
import { readOrBusy } from '../../../engine/errors/database-outage.ts';
import { builder } from '../../../schema/builder.ts';

const ClaimAdmissionInput = builder.inputType('ClaimAdmissionInput', {
  description: 'Input of `claimAdmission`.',
  fields: (t) => ({
    placeToken: t.string({ required: true, description: "The token of the caller's own place." }),
  }),
});

interface IssuedAdmission {
  readonly token: string;
  readonly expiresAt: Date;
}

const Admission = builder.objectRef<IssuedAdmission>('Admission').implement({
  // The other members of its result unions are errors.
  isTypeOf: (value) => !(value instanceof Error),
  description: 'A permission to hold seats of an event while its waiting room is on.',
  fields: (t) => ({
    token: t.exposeString('token', {
      description: 'The admission token, an input of `holdSeats`. It is useless to other buyers.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'Time at which the token expires. Claim again before it to renew the admission.',
    }),
  }),
});

const ClaimAdmissionResult = builder.errorUnion('ClaimAdmissionResult', {
  description: 'The admission, or the error that prevented it.',
  types: [Admission, AdmissionRequiredError, InvalidInputError, RateLimitedError, BusyError],
});

builder.mutationField('claimAdmission', (t) =>
  t.withAuth({ viewer: true }).field({
    type: ClaimAdmissionResult,
    nullable: true,
    description:
      "Trades a place whose number is up for an admission token, or renews the admission of a caller who is inside. A caller who holds no seats for a minute loses the slot, and gets the next free one on a later claim. Returns AdmissionRequiredError if the number is not up or no slot is free, and InvalidInputError for a place that is not the caller's.",
    args: {
      input: t.arg({ type: ClaimAdmissionInput, required: true, description: 'The place.' }),
    },
    resolve: (_root, { input }, ctx) => {
      const { userId } = ctx.viewer;
      return readOrBusy(ctx, () => ctx.waitingRooms.claim(userId, input.placeToken));
    },
  }),
);
