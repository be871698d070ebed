import { CancellationRefusedError } from '../../../booking/rules/errors.ts';
import { builder } from '../../schema/builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(CancellationRefusedError, {
  name: 'CancellationRefusedError',
  description:
    'The buyer cannot cancel this booking: the event does not allow it, or `cancelableUntil` has passed. The organizer of the event still can.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    cancelableUntil: t.expose('cancelableUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Time until which buyers could cancel. Null if the event does not allow buyers to cancel.',
    }),
  }),
});
