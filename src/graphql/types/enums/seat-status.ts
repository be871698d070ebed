import { builder } from '../../builder.ts';

export const SeatStatus = builder.enumType('SeatStatus', {
  description: 'Whose a seat is at the moment.',
  values: {
    AVAILABLE: { description: 'Nobody has it; whoever asks first gets it.' },
    HELD: { description: 'A buyer has it for some minutes, and may confirm.' },
    BOOKED: { description: 'It is sold.' },
    BLOCKED: { description: 'The organizer keeps it off sale.' },
  } as const,
});
