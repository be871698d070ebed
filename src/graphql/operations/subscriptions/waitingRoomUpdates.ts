import { parseEventId } from '../../../platform/ids.ts';
import type { RoomView } from '../../../waiting-room/rooms/room-directory.ts';
import { notFound } from '../../engine/errors/graphql-error.ts';
import { canSeeEvent } from '../../reads/access.ts';
import { builder } from '../../schema/builder.ts';
import { WaitingRoom } from '../../schema/on-sale/waiting-room.ts';

builder.subscriptionField('waitingRoomUpdates', (t) =>
  t.field({
    type: WaitingRoom,
    description:
      "Sends the event's waiting room: its current state first, then once a second while somebody waits, and otherwise after each change; no token is required.",
    args: { eventId: t.arg.id({ required: true, description: 'The ID of the event.' }) },
    // The state does not depend on the subscriber, so one execution serves all of them.
    extensions: { shared: {} },
    subscribe: async (_root, { eventId: id }, ctx) => {
      const eventId = parseEventId(id);
      if (eventId === null || !(await canSeeEvent(ctx, eventId))) throw notFound('event');
      const { directory } = ctx.waitingRooms;
      const room = await directory.get(eventId);
      if (room === null) throw notFound('event');
      return directory.follow(room);
    },
    resolve: (room) => room as RoomView,
  }),
);
