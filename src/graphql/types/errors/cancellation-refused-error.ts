import { CancellationRefusedError } from '../../../booking/errors.ts';
import { builder } from '../../builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(CancellationRefusedError, {
  name: 'CancellationRefusedError',
  description: 'Only the organizer of the event can cancel this booking, now or at any time.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    cancelableUntil: t.expose('cancelableUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Buyers could cancel before this instant; null if the event never lets them.',
    }),
  }),
});
