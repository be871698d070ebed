import { seatLabel } from '../../catalog/seating-plan/seat-label.ts';
import { seatIdOf } from '../../platform/ids.ts';
import { builder } from '../builder.ts';
import { orKnown } from '../loaded.ts';
import type { SeatRow } from '../reads/seat-row.ts';
import { SeatStatus } from './enums/seat-status.ts';
import { PriceTier } from './price-tier.ts';

// Not `builder.node`, whose `id` is a promise: messages that many subscribers share are executed without waiting.
builder.objectType('Seat', {
  description: 'A seat of one event.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({ description: 'Opaque.', resolve: ({ eventId, index }) => seatIdOf(eventId, index) }),
    index: t.exposeInt('index', {
      description: "Its place in SeatStates and in the layout's arrays, from 0. It never changes.",
    }),
    section: t.exposeString('section', { description: 'The part of the hall, such as "Block B".' }),
    row: t.exposeString('row', { description: 'The row within the section; empty where there are none.' }),
    number: t.exposeString('number', {
      description: 'The number within the row; empty where there is none.',
    }),
    label: t.string({
      description:
        'What a ticket says, such as "Block B, row 3, seat 12", or in the words of the plan: "Parterre, row AA, AA18".',
      resolve: ({ section, row, number, label }) => label ?? seatLabel(section, row, number),
    }),
    status: t.expose('status', { type: SeatStatus, description: 'Whose it is at the moment.' }),
    priceTier: orKnown(
      t.loadable({
        type: PriceTier,
        description: 'What it costs.',
        loaderOptions: { cache: false },
        load: async (keys: string[], { database }) => {
          const eventIds = [...new Set(keys.map((key) => Number.parseInt(key, 10)))];
          const tiers = await database.reads.priceTier.findMany({ where: { eventId: { in: eventIds } } });
          const byKey = new Map(tiers.map((tier) => [`${tier.eventId}:${tier.index}`, tier]));
          return keys.map((key) => byKey.get(key) ?? new Error(`there is no price tier ${key}`));
        },
        resolve: ({ eventId, tierIndex }) => `${eventId}:${tierIndex}`,
      }),
      (seat) => (seat as SeatRow).knownTier,
    ),
  }),
});
