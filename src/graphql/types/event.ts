import { builder } from '../schema/builder.ts';
import { connectionOf } from '../schema/pagination/connection.ts';
import { pageCost, pageOf, type Page } from '../schema/pagination/page-args.ts';
import { parseSeatCursor, seatCursor } from '../schema/pagination/cursors.ts';
import { once } from '../schema/pagination/once.ts';
import { statusOfEvent } from '../reads/event-status.ts';
import { readSeatPages } from '../reads/seat-pages.sql.ts';
import { Availability } from './availability.ts';
import { EventStatus } from './enums/event-status.ts';
import { SeatStatus } from './enums/seat-status.ts';
import { SeatConnection } from './seat-connection.ts';
import { SeatMap, type SeatMapKey } from './seat-map.ts';

/** A map is the whole hall: 80,000 seats are no single field. */
const SEAT_MAP_COST = 1_000;

export const Event = builder.prismaNode('Event', {
  description: 'An event that sells the seats of a venue.',
  id: { field: 'id', description: 'Opaque, globally unique identifier.' },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the event.' }),
    startsAt: t.expose('startsAt', { type: 'DateTime', description: 'Time at which the event starts.' }),
    onSaleAt: t.expose('onSaleAt', {
      type: 'DateTime',
      description: 'Time from which seats can be held, if `status` is ON_SALE.',
    }),
    status: t.field({
      type: EventStatus,
      description:
        'The status of the event, which determines which operations are allowed. After `saleEndsAt`, it reads as ENDED as soon as no hold can still be active.',
      resolve: (event, _args, ctx) => statusOfEvent(ctx, event),
    }),
    venue: t.relation('venue', { description: 'The venue where the event takes place.' }),
    priceTiers: t.relation('priceTiers', {
      description: 'The price tiers, in the order of the categories in the seating plan.',
      query: { orderBy: { index: 'asc' } },
    }),
    availability: t.field({
      type: Availability,
      description: 'The number of seats in each status.',
      resolve: (event) => event,
    }),
    seats: t.loadable({
      type: SeatConnection,
      description: 'The seats of the event, sorted by index.',
      args: {
        ...t.arg.connectionArgs(),
        status: t.arg({ type: SeatStatus, description: 'Returns only seats in this status.' }),
        section: t.arg.string({ description: 'Returns only seats in this section.' }),
      },
      complexity: pageCost,
      byPath: true,
      loaderOptions: { cache: false },
      load: async (eventIds: number[], { database }, { status = null, section = null, ...args }) => {
        const page = pageOf(args, parseSeatCursor);
        const read = async (some: Page<number>) => {
          const filter = { limit: some.size + 1, status, section };
          const rows = await readSeatPages(database.reads, eventIds, { ...some, ...filter });
          return Map.groupBy(rows, (row) => row.eventId);
        };
        const byEvent = await read(page);
        const readBeyond = once(read);
        return eventIds.map((eventId) => {
          const hasRows = async (beyond: Page<number>) => (await readBeyond(beyond)).has(eventId);
          const connection = connectionOf(page, byEvent.get(eventId) ?? [], seatCursor, hasRows);
          return { ...connection, eventId, status, section };
        });
      },
      resolve: ({ id }) => id,
    }),
    seatMap: t.loadable({
      type: SeatMap,
      description: 'The status of all seats in a compact form, for drawing a seat map.',
      complexity: { field: SEAT_MAP_COST },
      loaderOptions: { cache: false },
      load: async (events: SeatMapKey[], { seatMaps }) => {
        const maps = await seatMaps.getMany(new Map(events.map(({ id, ...seats }) => [id, seats])));
        return events.map(({ id }) => {
          const map = maps.get(id);
          return map === undefined ? new Error(`event ${id} does not exist`) : { eventId: id, ...map };
        });
      },
      resolve: ({ id, seatVersion, batchId }) => ({ id, version: seatVersion, batchId }),
    }),
  }),
});
