import { seatLabel } from '../../catalog/seating-plan/seat-label.ts';
import { encodeSeatId } from '../../platform/ids.ts';
import { builder } from '../schema/builder.ts';
import { orKnown } from '../schema/loaded.ts';
import type { SeatRow } from '../reads/seat-row.ts';
import { SeatStatus } from './enums/seat-status.ts';
import { PriceTier } from './price-tier.ts';

// Not `builder.node`, whose `id` is a promise: messages that many subscribers share are executed without waiting.
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
    priceTier: orKnown(
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
      (seat) => (seat as SeatRow).knownTier,
    ),
  }),
});
