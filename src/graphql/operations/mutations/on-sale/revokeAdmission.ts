import { checkTogether } from '../../../../platform/input-errors.ts';
import { revokeAdmission } from '../../../../waiting-room/configure-room.ts';
import { commitOrBusy } from '../../../engine/errors/database-outage.ts';
import { requireEventId, requireUserId } from '../../../inputs/ids.ts';
import { requireEventOrganizer } from '../../../reads/access.ts';
import { builder } from '../../../schema/builder.ts';
import { ConfigureWaitingRoomResult, readRoomView } from './configureWaitingRoom.ts';

builder.mutationField('revokeAdmission', (t) =>
  t.field({
    type: ConfigureWaitingRoomResult,
    nullable: true,
    description:
      "Revokes a buyer's admission to the event: while the waiting room is on, the buyer can neither hold seats nor claim a new admission. Existing holds stay and can be confirmed; `releaseHolds` releases them. Organizer only.",
    args: {
      eventId: t.arg.id({ required: true, description: 'The ID of an event that the caller organizes.' }),
      buyerId: t.arg.id({ required: true, description: "The buyer's `Viewer.id`." }),
    },
    authScopes: { organizer: true },
    resolve: async (_root, args, ctx) => {
      const { eventId, buyerId } = await checkTogether({
        eventId: () => requireEventId(args.eventId),
        buyerId: () => requireUserId(args.buyerId, 'buyerId'),
      });
      await requireEventOrganizer(ctx, eventId);
      await commitOrBusy(ctx, () => revokeAdmission(ctx.waitingRooms, ctx.database.worker, eventId, buyerId));
      return readRoomView(ctx, eventId);
    },
  }),
);
