import { builder } from '../../schema/builder.ts';

export const SeatStatus = builder.enumType('SeatStatus', {
  description: 'The status of a seat.',
  values: {
    AVAILABLE: { description: 'The seat can be held.' },
    HELD: { description: 'A buyer holds the seat for a limited time and can confirm it.' },
    BOOKED: { description: 'The seat is sold.' },
    BLOCKED: { description: 'The organizer has taken the seat off sale.' },
  } as const,
});
