import { builder } from '../builder.ts';

export const Venue = builder.prismaNode('Venue', {
  description: 'A hall with its seating plan. Plans never change: an altered one is another venue.',
  id: { field: 'id', description: 'Opaque.' },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What the hall is called.' }),
    seatCount: t.exposeInt('seatCount', { description: 'How many seats the plan has.' }),
  }),
});
