import { CancellationRefusedError } from '../../../booking/errors.ts';
import { builder } from '../../builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(CancellationRefusedError, {
  name: 'CancellationRefusedError',
  description: 'Confirmed bookings of this event are canceled by its organizer alone.',
  interfaces: [ErrorInterface],
});
