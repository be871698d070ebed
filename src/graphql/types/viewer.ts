import type { Viewer as Caller } from '../../identity/viewer.ts';
import type { Prisma } from '../../generated/prisma/client.ts';
import { encodeId } from '../../platform/ids.ts';
import { builder } from '../schema/builder.ts';
import { connectionOf } from '../schema/pagination/connection.ts';
import { bookingCursor, parseBookingCursor, type BookingCursor } from '../schema/pagination/cursors.ts';
import { pageCost, pageOf, type Page } from '../schema/pagination/page-args.ts';
import { havingStatus } from '../reads/booking-status.ts';
import { selectionFor } from '../reads/selection.ts';
import { BookingConnection } from './booking-connection.ts';
import { BookingStatus } from './enums/booking-status.ts';

export const Viewer = builder.objectRef<Caller>('Viewer').implement({
  description: 'The authenticated caller.',
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, globally unique identifier.',
      resolve: ({ userId }) => encodeId('User', userId),
    }),
    bookings: t.field({
      type: BookingConnection,
      description: "The caller's bookings, newest first.",
      args: {
        ...t.arg.connectionArgs(),
        status: t.arg({ type: BookingStatus, description: 'Returns only bookings in this status.' }),
      },
      complexity: pageCost,
      resolve: async ({ userId }, { status, ...args }, ctx, info) => {
        const { reads } = ctx.database;
        const page = pageOf(args, parseBookingCursor);
        const mine: Prisma.BookingWhereInput = {
          AND: [{ buyerId: userId }, status == null ? {} : havingStatus(status, ctx.clock.nowMs())],
        };
        const read = (some: Page<BookingCursor>, selection: object) =>
          reads.booking.findMany({ ...selection, ...pageQuery(some, mine) });
        const bookings = await read(page, selectionFor(ctx, info, { path: ['edges', 'node'] }));
        const hasRows = async (beyond: Page<BookingCursor>) =>
          (await read(beyond, { select: { id: true } })).length > 0;
        return {
          ...connectionOf(page, bookings, bookingCursor, hasRows),
          countAll: () => reads.booking.count({ where: mine }),
        };
      },
    }),
  }),
});

/** Ids are UUIDs of version 7, and sort by the time that they were made. */
function pageQuery(
  { after, before, backward, inclusive, size }: Page<BookingCursor>,
  mine: Prisma.BookingWhereInput,
) {
  const direction = backward ? ('asc' as const) : ('desc' as const);
  const eventId = (cursor: BookingCursor, older: boolean) => {
    if (older) return inclusive ? { lte: cursor.eventId } : { lt: cursor.eventId };
    return inclusive ? { gte: cursor.eventId } : { gt: cursor.eventId };
  };
  const older = after && { OR: [{ id: { lt: after.id } }, { id: after.id, eventId: eventId(after, true) }] };
  const newer = before && {
    OR: [{ id: { gt: before.id } }, { id: before.id, eventId: eventId(before, false) }],
  };
  return {
    where: { AND: [mine, older ?? {}, newer ?? {}] },
    orderBy: [{ id: direction }, { eventId: direction }],
    take: size + 1,
  };
}
