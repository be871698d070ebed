import { builder } from '../schema/builder.ts';
import { countSeats, type SeatFilter } from '../reads/seat-pages.sql.ts';

/** What totalCount counts. */
export interface SeatCountKey extends SeatFilter {
  readonly eventId: number;
}

export const SeatConnection = builder.connectionObject<'Seat', SeatCountKey, false, false>(
  {
    type: 'Seat',
    name: 'SeatConnection',
    description: 'A page of the seats of an event, sorted by index.',
    fields: (t) => ({
      totalCount: t.loadable({
        type: 'Int',
        description: 'The total number of seats on all pages that match the filter.',
        byPath: true,
        loaderOptions: { cache: false },
        load: async (keys: SeatCountKey[], { database }) => {
          const [filter] = keys;
          if (filter === undefined) return [];
          const eventIds = keys.map(({ eventId }) => eventId);
          // One path of a query has one set of arguments, so all keys have the same filter.
          const counts = await countSeats(database.reads, eventIds, filter);
          return keys.map(({ eventId }) => counts.get(eventId) ?? 0);
        },
        resolve: ({ eventId, status, section }) => ({ eventId, status, section }),
      }),
    }),
  },
  { name: 'SeatEdge', description: 'A seat and its cursor.' },
);
