import { builder } from '../schema/builder.ts';

export const Venue = builder.prismaNode('Venue', {
  description:
    'A hall with its seating plan. A venue never changes: importing a modified plan creates a new venue.',
  id: { field: 'id', description: 'Opaque, globally unique identifier.' },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the hall.' }),
    seatCount: t.exposeInt('seatCount', { description: 'The number of seats in the plan.' }),
  }),
});
