import { parseBookingId } from '../../platform/ids.ts';
import { builder } from '../builder.ts';

builder.queryField('booking', (t) =>
  t.prismaField({
    type: 'Booking',
    nullable: true,
    description:
      "A booking of the caller's own by its id; null where there is none, where it is somebody else's, and for what is no id.",
    args: { id: t.arg.id({ required: true, description: "The booking's id." }) },
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
