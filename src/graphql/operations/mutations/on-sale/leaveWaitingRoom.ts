import { parseEventId } from '../../../../platform/ids.ts';
import { canSeeEvent } from '../../../reads/access.ts';
import { builder } from '../../../schema/builder.ts';
import { WaitingRoom } from '../../../schema/on-sale/waiting-room.ts';

builder.mutationField('leaveWaitingRoom', (t) =>
  t.withAuth({ viewer: true }).field({
    type: WaitingRoom,
    nullable: true,
    description:
      "Gives the caller's place and admission back. Returns the room, or null if the event does not exist. Seats that the caller holds stay held.",
    args: { eventId: t.arg.id({ required: true, description: 'The ID of the event.' }) },
    resolve: async (_root, { eventId: id }, ctx) => {
      const { userId } = ctx.viewer;
      const eventId = parseEventId(id);
      if (eventId === null || !(await canSeeEvent(ctx, eventId))) return null;
      const { directory } = ctx.waitingRooms;
      const room = await directory.get(eventId);
      if (room === null) return null;
      await ctx.waitingRooms.leave(room, userId);
      return directory.toView(room);
    },
  }),
);
