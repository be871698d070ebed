import { parseBookingId } from '../../../platform/ids.ts';
import { builder } from '../../schema/builder.ts';

builder.queryField('booking', (t) =>
  t.prismaField({
    type: 'Booking',
    nullable: true,
    description:
      'Returns a booking that the caller owns. Null if the ID is not valid, or if there is no such booking of the caller.',
    args: { id: t.arg.id({ required: true, description: 'The ID of the booking.' }) },
    resolve: async (query, _root, { id }, { viewer, database }) => {
      const key = parseBookingId(id);
      if (key === null || viewer === null) return null;
      return database.reads.booking.findFirst({
        ...query,
        where: { eventId: key.eventId, id: key.bookingId, buyerId: viewer.userId },
      });
    },
  }),
);
