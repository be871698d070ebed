import { builder } from '../../schema/builder.ts';

export const EventStatus = builder.enumType('EventStatus', {
  description: 'The status of an event, which determines which operations are allowed.',
  values: {
    DRAFT: { description: 'The event is visible only to its organizer.' },
    ON_SALE: {
      description: 'Seats can be held from `onSaleAt` until `saleEndsAt`, and holds can be confirmed.',
    },
    PAUSED: { description: 'The sale is paused. Existing holds can be confirmed, but no seats can be held.' },
    ENDED: {
      description:
        'The sale is over: the organizer ended it, or `saleEndsAt` has passed. Seats can be neither held nor confirmed.',
    },
    CANCELED: { description: 'The event does not take place. Seats can be neither held nor confirmed.' },
  } as const,
});
