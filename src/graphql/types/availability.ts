import { builder } from '../builder.ts';

export interface AvailabilityShape {
  readonly seatsTotal: number;
  readonly seatsHeld: number;
  readonly seatsBooked: number;
  readonly seatsBlocked: number;
}

export const Availability = builder.objectRef<AvailabilityShape>('Availability').implement({
  description: 'How many seats of an event are in which status. The four add up to the total.',
  fields: (t) => ({
    total: t.exposeInt('seatsTotal', { description: 'All seats.' }),
    available: t.int({
      description: 'Those that are AVAILABLE.',
      resolve: (event) => event.seatsTotal - event.seatsHeld - event.seatsBooked - event.seatsBlocked,
    }),
    held: t.exposeInt('seatsHeld', { description: 'Those that are HELD.' }),
    booked: t.exposeInt('seatsBooked', { description: 'Those that are BOOKED.' }),
    blocked: t.exposeInt('seatsBlocked', { description: 'Those that are BLOCKED.' }),
  }),
});
