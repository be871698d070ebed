import { builder } from '../schema/builder.ts';
import { Booking } from './booking.ts';

export const BookingConnection = builder.connectionObject<
  typeof Booking,
  { readonly countAll: () => Promise<number> },
  false,
  false
>(
  {
    type: Booking,
    name: 'BookingConnection',
    description: 'A page of a list of bookings.',
    fields: (t) => ({
      totalCount: t.int({
        description: 'The total number of bookings on all pages.',
        resolve: ({ countAll }) => countAll(),
      }),
    }),
  },
  { name: 'BookingEdge', description: 'A booking and its cursor.' },
);
