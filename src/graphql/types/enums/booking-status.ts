import { builder } from '../../builder.ts';

export const BookingStatus = builder.enumType('BookingStatus', {
  description: 'Where a booking stands. Only HOLD and CONFIRMED have seats.',
  values: {
    HOLD: { description: 'The seats are kept until `holdExpiresAt`, and can be confirmed.' },
    CONFIRMED: { description: 'The seats are booked.' },
    EXPIRED: { description: 'The hold ran out before it was confirmed.' },
    RELEASED: { description: 'The buyer gave the hold back.' },
    CANCELED: { description: 'It had been confirmed and was undone.' },
  } as const,
});
