import { parseBookingId } from '../../../platform/ids.ts';
import { builder } from '../../schema/builder.ts';
import { callerOf } from '../../schema/caller.ts';
import type { GraphQLContext } from '../../schema/context.ts';
import { notFound } from '../../schema/errors.ts';
import { selectionFor } from '../../reads/selection.ts';

builder.subscriptionField('bookingUpdates', (t) =>
  t.prismaField({
    type: 'Booking',
    description:
      'Sends a booking that the caller owns: its current state first, then its new state after every change.',
    args: { bookingId: t.arg.id({ required: true, description: 'The ID of the booking.' }) },
    authScopes: { viewer: true },
    subscribe: async (_root, { bookingId: id }, ctx, info) => {
      const where = ownKey(id, ctx);
      const { reads } = ctx.database;
      if ((await reads.booking.findFirst({ where, select: { id: true } })) === null)
        throw notFound('booking');
      const query = { ...selectionFor(ctx, info, {}), where };
      return ctx.bookingUpdates.subscribe(where.eventId, where.id, async () => {
        const booking = await reads.booking.findFirst(query);
        if (booking === null) throw notFound('booking');
        return booking;
      });
    },
    // Read by what is followed, where a read that fails can be tried again.
    resolve: (_query, update) => {
      if ('failure' in update) throw update.failure;
      return update.booking;
    },
  }),
);

function ownKey(id: string, ctx: GraphQLContext) {
  const key = parseBookingId(id);
  if (key === null) throw notFound('booking');
  return { eventId: key.eventId, id: key.bookingId, buyerId: callerOf(ctx).userId }; // guard: booking-updates-owner
}
