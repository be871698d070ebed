import { builder } from './builder.ts';

export const Venue = builder.prismaNode('Venue', {
  description:
    'A hall with its seating plan. A venue never changes: importing a modified plan creates a new venue.',
  id: { field: 'id', description: 'Opaque, globally unique identifier.' },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the hall.' }),
    timeZone: t.exposeString('timeZone', {
      description:
        'The IANA name of the time zone of the hall, such as Europe/Berlin, in which clients show times.',
    }),
    seatCount: t.exposeInt('seatCount', { description: 'The number of seats in the plan.' }),
  }),
});

export const VenueConnection = builder.connectionObject<
  typeof Venue,
  { readonly countAll: () => Promise<number> },
  false,
  false
>(
  {
    type: Venue,
    name: 'VenueConnection',
    description: 'A page of a list of venues.',
    fields: (t) => ({
      totalCount: t.int({
        description: 'The total number of venues on all pages.',
        resolve: ({ countAll }) => countAll(),
      }),
    }),
  },
  { name: 'VenueEdge', description: 'A venue and its cursor.' },
);
