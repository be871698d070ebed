import { builder } from '../builder.ts';
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
    description: 'A page of bookings.',
    fields: (t) => ({
      totalCount: t.int({
        description: 'How many bookings there are on all pages together.',
        resolve: ({ countAll }) => countAll(),
      }),
    }),
  },
  { name: 'BookingEdge', description: 'A booking in a connection.' },
);
