import { BookingStateError } from '../../../booking/rules/errors.ts';
import { builder } from '../../schema/builder.ts';
import { BookingStatus } from '../enums/booking-status.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(BookingStateError, {
  name: 'BookingStateError',
  description: "The booking's status does not allow the operation.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    bookingStatus: t.expose('status', {
      type: BookingStatus,
      description: 'The current status of the booking.',
    }),
    status: t.expose('status', {
      type: BookingStatus,
      description: 'The current status of the booking.',
      deprecationReason:
        'Use `bookingStatus`. Other members of the result unions have a `status` field of a different type, so `status` needs an alias.',
    }),
  }),
});
