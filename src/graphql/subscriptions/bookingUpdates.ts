import { parseBookingId } from '../../platform/ids.ts';
import { bookingChanges } from '../../seating/seat-updates.ts';
import { builder } from '../builder.ts';
import { callerOf } from '../caller.ts';
import type { GraphQLContext } from '../context.ts';
import { notFound } from '../errors.ts';

builder.subscriptionField('bookingUpdates', (t) =>
  t.prismaField({
    type: 'Booking',
    description: "A booking of the caller's own: as it is now, and then anew each time that it changes.",
    args: { bookingId: t.arg.id({ required: true, description: 'The booking.' }) },
    authScopes: { viewer: true },
    subscribe: async (_root, { bookingId: id }, ctx) => {
      const key = ownKey(id, ctx);
      const booking = await ctx.database.reads.booking.findFirst({ where: key, select: { id: true } });
      if (booking === null) throw notFound('booking');
      return bookingChanges({ db: ctx.database.reads, feeds: ctx.feeds }, key.eventId, key.id);
    },
    resolve: (query, _change, { bookingId }, ctx) =>
      ctx.database.reads.booking.findFirstOrThrow({ ...query, where: ownKey(bookingId, ctx) }),
  }),
);

function ownKey(id: string, ctx: GraphQLContext) {
  const key = parseBookingId(id);
  if (key === null) throw notFound('booking');
  return { eventId: key.eventId, id: key.bookingId, buyerId: callerOf(ctx).userId };
}
