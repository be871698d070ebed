import { parseBookingId } from '../../platform/ids.ts';
import { builder } from '../schema/builder.ts';
import type { GraphQLContext } from '../schema/context.ts';
import { connectionOf } from '../schema/pagination/connection.ts';
import { bookingCursor, parseBookingCursor, type BookingCursor } from '../schema/pagination/cursors.ts';
import { once } from '../schema/pagination/once.ts';
import { pageCost, pageOf, type Page } from '../schema/pagination/page-args.ts';
import { countBookings, readBookingPages, type BookingKey } from '../reads/booking-pages.sql.ts';
import { selectionFor } from '../reads/selection.ts';
import { BookingConnection } from './booking-connection.ts';
import { BookingStatus } from './enums/booking-status.ts';
import { Event } from './event.ts';

/** What an event's organizer reads of its sales. */
builder.prismaObjectFields(Event, (t) => ({
  // guard: event-bookings-cost
  bookings: t.loadable({
    type: BookingConnection,
    nullable: true,
    description:
      'The bookings of all buyers at this event, newest first. Organizer only: other callers get a FORBIDDEN error.',
    args: {
      ...t.arg.connectionArgs(),
      status: t.arg({ type: BookingStatus, description: 'Returns only bookings in this status.' }),
    },
    complexity: pageCost,
    authScopes: isOwn,
    byPath: true,
    loaderOptions: { cache: false },
    load: async (eventIds: number[], ctx, { status, ...args }, info) => {
      const { reads } = ctx.database;
      const page = pageOf(args, parseBookingCursor);
      const filter = { status: status ?? null, nowMs: ctx.clock.nowMs() };
      const read = async (some: Page<BookingCursor>) => {
        const keys = await readBookingPages(reads, eventIds, filter, some);
        return Map.groupBy(keys, ({ eventId }) => eventId);
      };
      const byEvent = await read(page);
      const selection = selectionFor(ctx, info, { path: ['edges', 'node'] });
      const rows = await readRows(ctx, selection, byEvent);
      const readBeyond = once(read);
      const count = once(() => countBookings(reads, eventIds, filter));
      return eventIds.map((eventId) => {
        const bookings = (byEvent.get(eventId) ?? []).flatMap(({ id }) => rows.get(id) ?? []);
        const hasRows = async (beyond: Page<BookingCursor>) => (await readBeyond(beyond)).has(eventId);
        const connection = connectionOf(page, bookings, bookingCursor, hasRows);
        return { ...connection, countAll: async () => (await count(null)).get(eventId) ?? 0 };
      });
    },
    resolve: ({ id }) => id,
  }),
  booking: t.prismaField({
    type: 'Booking',
    nullable: true,
    description:
      'Returns a booking of any buyer at this event, or null if the event has no such booking. Organizer only: other callers get a FORBIDDEN error.',
    args: { id: t.arg.id({ required: true, description: 'The ID of the booking.' }) },
    authScopes: isOwn,
    resolve: async (query, event, { id }, { database }) => {
      const key = parseBookingId(id);
      if (key?.eventId !== event.id) return null; // guard: event-bookings-event
      return database.reads.booking.findUnique({
        ...query,
        where: { eventId_id: { eventId: key.eventId, id: key.bookingId } },
      });
    },
  }),
}));

function isOwn(event: { organizerId: string }, _args: unknown, { viewer }: GraphQLContext): boolean {
  return viewer?.role === 'ORGANIZER' && viewer.userId === event.organizerId; // guard: event-bookings-organizer
}

/** The rows of the keys, by ID, with what the client selects of them; one statement for all events. */
async function readRows(
  { database }: GraphQLContext,
  selection: object,
  byEvent: ReadonlyMap<number, readonly BookingKey[]>,
) {
  const rows = await database.reads.booking.findMany({
    ...selection,
    where: { OR: [...byEvent].map(([eventId, keys]) => ({ eventId, id: { in: keys.map(({ id }) => id) } })) },
  });
  return new Map(rows.map((row) => [row.id, row]));
}
