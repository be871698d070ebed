import { BookingStateError } from '../../../booking/errors.ts';
import { builder } from '../../builder.ts';
import { BookingStatus } from '../enums/booking-status.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(BookingStateError, {
  name: 'BookingStateError',
  description: 'The booking stands where this cannot be done any more.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    status: t.expose('status', { type: BookingStatus, description: 'Where the booking stands.' }),
  }),
});
