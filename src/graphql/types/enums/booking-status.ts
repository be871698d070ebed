import { builder } from '../../schema/builder.ts';

export const BookingStatus = builder.enumType('BookingStatus', {
  description: 'The status of a booking. Only bookings in HOLD or CONFIRMED occupy seats.',
  values: {
    HOLD: {
      description: 'The seats are reserved until `holdExpiresAt`. Until then the hold can be confirmed.',
    },
    CONFIRMED: { description: 'The booking is confirmed and its seats are sold.' },
    EXPIRED: { description: 'The hold expired before it was confirmed.' },
    RELEASED: { description: 'The buyer released the hold.' },
    CANCELED: { description: 'The booking was confirmed and later canceled.' },
  } as const,
});
