import { BookingStateError } from '../../../booking/errors.ts';
import { builder } from '../../builder.ts';
import { BookingStatus } from '../enums/booking-status.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(BookingStateError, {
  name: 'BookingStateError',
  description: 'The booking stands where this cannot be done any more.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    bookingStatus: t.expose('status', {
      type: BookingStatus,
      description: "The booking's status, which does not allow the operation.",
    }),
    status: t.expose('status', {
      type: BookingStatus,
      description: "The booking's status.",
      deprecationReason:
        'Other members of result unions have a `status` of another type. Use `bookingStatus`, which needs no alias.',
    }),
  }),
});
