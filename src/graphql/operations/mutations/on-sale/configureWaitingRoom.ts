import { BusyError, InvalidInputError, NotFoundError } from '../../../../platform/errors.ts';
import { checkTogether } from '../../../../platform/input-errors.ts';
import { configureRoom, checkInsideMax, checkPace } from '../../../../waiting-room/configure-room.ts';
import type { GraphQLContext } from '../../../context.ts';
import { commitOrBusy } from '../../../engine/errors/database-outage.ts';
import { requireEventId } from '../../../inputs/ids.ts';
import { notVisible, requireEventOrganizer } from '../../../reads/access.ts';
import { builder } from '../../../schema/builder.ts';
import { RedisAwayPolicy, WaitingRoom, WaitingRoomMode } from '../../../schema/on-sale/waiting-room.ts';

const ConfigureWaitingRoomInput = builder.inputType('ConfigureWaitingRoomInput', {
  description: 'Input of `configureWaitingRoom`. Settings that are absent or null stay as they are.',
  fields: (t) => ({
    eventId: t.id({ required: true, description: 'The ID of an event that the caller organizes.' }),
    mode: t.field({
      type: WaitingRoomMode,
      description: 'When the room is on. OFF admits everyone who waits. Initially OFF.',
    }),
    pacePerMinute: t.int({
      description: 'The maximum number of people admitted per minute: 1 to 60,000. Initially 600.',
    }),
    insideMax: t.int({
      description: 'The maximum number of people inside: 1 to 1,000,000. Initially 1,000.',
    }),
    paused: t.boolean({ description: 'If true, no numbers are called.' }),
    draining: t.boolean({
      description: 'If true, nobody new can join, and the room turns off when nobody waits any more.',
    }),
    redisAway: t.field({
      type: RedisAwayPolicy,
      description: 'What the room does while Redis is unreachable. Initially CLOSED.',
    }),
    lobbyOpensAt: t.field({
      type: 'DateTime',
      description: "Time at which the lobby opens. Initially 30 minutes before the event's `onSaleAt`.",
    }),
  }),
});

/** Result of `configureWaitingRoom` and `revokeAdmission`. */
export const ConfigureWaitingRoomResult = builder.errorUnion('ConfigureWaitingRoomResult', {
  description: 'The waiting room after the change, or the error that prevented the change.',
  types: [WaitingRoom, InvalidInputError, NotFoundError, BusyError],
});

builder.mutationField('configureWaitingRoom', (t) =>
  t.field({
    type: ConfigureWaitingRoomResult,
    nullable: true,
    description:
      'Changes the settings of a waiting room. They apply to holds at once, and to the room within two seconds. Organizer only.',
    args: {
      input: t.arg({
        type: ConfigureWaitingRoomInput,
        required: true,
        description: 'The event and the settings to change.',
      }),
    },
    authScopes: { organizer: true },
    resolve: async (_root, { input }, ctx) => {
      const { eventId } = await checkTogether({
        eventId: () => requireEventId(input.eventId),
        pacePerMinute: () => checkPace(input.pacePerMinute),
        insideMax: () => checkInsideMax(input.insideMax),
      });
      await requireEventOrganizer(ctx, eventId);
      const { mode, pacePerMinute, insideMax, paused, draining, redisAway, lobbyOpensAt } = input;
      const settings = { mode, pacePerMinute, insideMax, paused, draining, redisAway, lobbyOpensAt };
      await commitOrBusy(ctx, () => configureRoom(ctx.waitingRooms, ctx.database.worker, eventId, settings));
      return readRoomView(ctx, eventId);
    },
  }),
);

/** Returns the room of an event after a change. */
export async function readRoomView(ctx: GraphQLContext, eventId: number) {
  const { directory } = ctx.waitingRooms;
  await directory.refresh();
  const room = await directory.get(eventId);
  if (room === null) throw notVisible('event');
  return directory.toView(room);
}
