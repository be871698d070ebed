import { builder } from '../schema/builder.ts';

export interface AvailabilityShape {
  readonly seatsTotal: number;
  readonly seatsHeld: number;
  readonly seatsBooked: number;
  readonly seatsBlocked: number;
}

export const Availability = builder.objectRef<AvailabilityShape>('Availability').implement({
  description: 'The number of seats of an event in each status. The four counts add up to `total`.',
  fields: (t) => ({
    total: t.exposeInt('seatsTotal', { description: 'The total number of seats.' }),
    available: t.int({
      description: 'The number of seats in status AVAILABLE.',
      resolve: (event) => event.seatsTotal - event.seatsHeld - event.seatsBooked - event.seatsBlocked,
    }),
    held: t.exposeInt('seatsHeld', { description: 'The number of seats in status HELD.' }),
    booked: t.exposeInt('seatsBooked', { description: 'The number of seats in status BOOKED.' }),
    blocked: t.exposeInt('seatsBlocked', { description: 'The number of seats in status BLOCKED.' }),
  }),
});
