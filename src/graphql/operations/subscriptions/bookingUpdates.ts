import { parseBookingId } from '../../../platform/ids.ts';
import type { AuthenticatedContext } from '../../context.ts';
import { notFound } from '../../engine/errors/graphql-error.ts';
import { getPrismaSelection } from '../../reads/prisma-selection.ts';
import { builder } from '../../schema/builder.ts';

builder.subscriptionField('bookingUpdates', (t) =>
  t.withAuth({ viewer: true }).prismaField({
    type: 'Booking',
    description:
      'Sends a booking that the caller owns: its current state first, then its new state after every change.',
    args: { bookingId: t.arg.id({ required: true, description: 'The ID of the booking.' }) },
    subscribe: async (_root, { bookingId: id }, ctx, info) => {
      const where = requireOwnKey(id, ctx);
      const { reads } = ctx.database;
      if ((await reads.booking.findFirst({ where, select: { id: true } })) === null)
        throw notFound('booking');
      const query = { ...getPrismaSelection(ctx, info, {}), where };
      return ctx.bookingUpdates.subscribe(where.eventId, where.id, async () => {
        const booking = await reads.booking.findFirst(query);
        if (booking === null) throw notFound('booking');
        return booking;
      });
    },
    // The source reads the booking, so that it can retry a read that fails.
    resolve: (_query, update) => {
      if ('failure' in update) throw update.failure;
      return update.booking;
    },
  }),
);

function requireOwnKey(id: string, ctx: AuthenticatedContext) {
  const key = parseBookingId(id);
  if (key === null) throw notFound('booking');
  return { eventId: key.eventId, id: key.bookingId, buyerId: ctx.viewer.userId }; // guard: booking-updates-owner
}
