import { seatLabel } from '../../catalog/seating-plan/seat-label.ts';
import { encodeSeatId } from '../../platform/ids.ts';
import { countSeats, type SeatFilter } from '../reads/seat-pages.sql.ts';
import type { SeatRow } from '../reads/seats.sql.ts';
import { builder } from './builder.ts';
import { PriceTier, withPreloaded } from './price-tier.ts';

export const SeatStatus = builder.enumType('SeatStatus', {
  description: 'The status of a seat.',
  values: {
    AVAILABLE: { description: 'The seat can be held.' },
    HELD: { description: 'A buyer holds the seat for a limited time and can confirm it.' },
    BOOKED: { description: 'The seat is sold.' },
    BLOCKED: { description: 'The organizer has taken the seat off sale.' },
  } as const,
});

// Not `builder.node`: its `id` is a promise, and shared messages are executed synchronously.
builder.objectType('Seat', {
  description: 'A seat of one event.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, globally unique identifier.',
      resolve: ({ eventId, index }) => encodeSeatId(eventId, index),
    }),
    index: t.exposeInt('index', {
      description:
        'The zero-based position of the seat in SeatStates and in the arrays of the layout. It never changes.',
    }),
    section: t.exposeString('section', {
      description: 'The name of the section of the hall, such as "Block B".',
    }),
    row: t.exposeString('row', {
      description: 'The name of the row within the section. Empty if the section has no rows.',
    }),
    number: t.exposeString('number', {
      description: 'The number of the seat within its row. Empty if it has none.',
    }),
    label: t.string({
      description:
        'The label for tickets, such as "Block B, row 3, seat 12". It uses the plan\'s own wording if there is one.',
      resolve: ({ section, row, number, label }) => label ?? seatLabel(section, row, number),
    }),
    status: t.expose('status', { type: SeatStatus, description: 'The current status of the seat.' }),
    priceTier: withPreloaded(
      t.loadable({
        type: PriceTier,
        description: 'The price tier of the seat.',
        loaderOptions: { cache: false },
        load: async (keys: string[], { database }) => {
          const eventIds = [...new Set(keys.map((key) => Number.parseInt(key, 10)))];
          const tiers = await database.reads.priceTier.findMany({ where: { eventId: { in: eventIds } } });
          const byKey = new Map(tiers.map((tier) => [`${tier.eventId}:${tier.index}`, tier]));
          return keys.map((key) => byKey.get(key) ?? new Error(`price tier ${key} does not exist`));
        },
        resolve: ({ eventId, tierIndex }) => `${eventId}:${tierIndex}`,
      }),
      (seat) => (seat as SeatRow).preloadedTier,
    ),
  }),
});

/** The key of a `totalCount`: the event and the filter of its connection. */
interface SeatCountKey extends SeatFilter {
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
          // Keys of one batch have the same path in the query, and so the same filter.
          const counts = await countSeats(database.reads, eventIds, filter);
          return keys.map(({ eventId }) => counts.get(eventId) ?? 0);
        },
        resolve: ({ eventId, status, section }) => ({ eventId, status, section }),
      }),
    }),
  },
  { name: 'SeatEdge', description: 'A seat and its cursor.' },
);
