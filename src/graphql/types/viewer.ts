import type { Viewer as Caller } from '../../identity/viewer.ts';
import type { Prisma } from '../../generated/prisma/client.ts';
import { encodeId } from '../../platform/ids.ts';
import { builder } from '../builder.ts';
import { connectionOf } from '../pagination/connection.ts';
import { bookingCursor, parseBookingCursor, type BookingCursor } from '../pagination/cursors.ts';
import { pageCost, pageOf } from '../pagination/page-args.ts';
import { havingStatus } from '../reads/booking-status.ts';
import { selectionFor } from '../reads/selection.ts';
import { Booking } from './booking.ts';
import { BookingStatus } from './enums/booking-status.ts';

export const Viewer = builder.objectRef<Caller>('Viewer').implement({
  description: 'Who is calling.',
  fields: (t) => ({
    id: t.id({ description: 'Opaque.', resolve: ({ userId }) => encodeId('User', userId) }),
    bookings: t.connection(
      {
        type: Booking,
        description: "The caller's own bookings, the newest first.",
        args: {
          status: t.arg({ type: BookingStatus, description: 'Only bookings that read as this status.' }),
        },
        complexity: pageCost,
        resolve: async ({ userId }, { status, ...args }, ctx, info) => {
          const page = pageOf(args, parseBookingCursor);
          const mine: Prisma.BookingWhereInput = {
            AND: [{ buyerId: userId }, status == null ? {} : havingStatus(status, ctx.clock.nowMs())],
          };
          const direction = page.backward ? 'asc' : 'desc';
          const bookings = await ctx.database.reads.booking.findMany({
            ...selectionFor(ctx, info, { path: ['edges', 'node'] }),
            where: { AND: [mine, olderThan(page.after), newerThan(page.before)] },
            // Ids are UUIDs of version 7, and sort by the time that they were made.
            orderBy: [{ id: direction }, { eventId: direction }],
            take: page.size + 1,
          });
          return { ...connectionOf(page, bookings, bookingCursor), mine };
        },
      },
      {
        name: 'BookingConnection',
        description: 'A page of bookings.',
        fields: (t) => ({
          totalCount: t.int({
            description: 'How many bookings there are on all pages together.',
            resolve: ({ mine }, _args, { database }) => database.reads.booking.count({ where: mine }),
          }),
        }),
      },
      { name: 'BookingEdge', description: 'A booking in a connection.' },
    ),
  }),
});

function olderThan(cursor: BookingCursor | null): Prisma.BookingWhereInput {
  if (cursor === null) return {};
  return { OR: [{ id: { lt: cursor.id } }, { id: cursor.id, eventId: { lt: cursor.eventId } }] };
}

function newerThan(cursor: BookingCursor | null): Prisma.BookingWhereInput {
  if (cursor === null) return {};
  return { OR: [{ id: { gt: cursor.id } }, { id: cursor.id, eventId: { gt: cursor.eventId } }] };
}
