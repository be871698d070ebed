import { builder } from '../../builder.ts';

export const EventStatus = builder.enumType('EventStatus', {
  description: 'What can be done with the seats of an event.',
  values: {
    DRAFT: { description: 'Seen by its organizer alone.' },
    ON_SALE: { description: 'Seats can be held from `onSaleAt` until `saleEndsAt`, and holds confirmed.' },
    PAUSED: { description: 'No new holds; those that stand can be confirmed.' },
    ENDED: {
      description: 'Over, ended by the organizer or by its `saleEndsAt`: neither holds nor confirmations.',
    },
    CANCELED: { description: 'It does not take place: neither holds nor confirmations.' },
  } as const,
});
