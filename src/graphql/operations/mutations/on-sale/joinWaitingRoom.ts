import { EventNotOnSaleError } from '../../../../booking/rules/errors.ts';
import {
  BusyError,
  ChallengeRequiredError,
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
} from '../../../../platform/errors.ts';
import type { Room } from '../../../../waiting-room/rules/room.ts';
import { readOrBusy } from '../../../engine/errors/database-outage.ts';
import { checkSolution } from '../../../inputs/challenge-solution.ts';
import { requireEventId } from '../../../inputs/ids.ts';
import { canSeeEvent, notVisible } from '../../../reads/access.ts';
import { builder } from '../../../schema/builder.ts';
import { WaitingRoomPlace } from '../../../schema/on-sale/waiting-room.ts';

const JoinWaitingRoomResult = builder.errorUnion('JoinWaitingRoomResult', {
  description: "The caller's place, or the error that prevented joining.",
  types: [
    WaitingRoomPlace,
    InvalidInputError,
    NotFoundError,
    EventNotOnSaleError,
    ChallengeRequiredError,
    RateLimitedError,
    BusyError,
  ],
});

builder.mutationField('joinWaitingRoom', (t) =>
  t.withAuth({ viewer: true }).field({
    type: JoinWaitingRoomResult,
    nullable: true,
    description:
      "Gives the caller a place in the event's waiting room, the same one each time. Returns number 0 if the room is off. Returns EventNotOnSaleError before the lobby opens, BusyError if the room is draining, and ChallengeRequiredError if the server requires the solution of a challenge.",
    args: {
      eventId: t.arg.id({ required: true, description: 'The ID of the event.' }),
      placeToken: t.arg.string({
        description:
          'The token of a place that the caller already has, to take it back if the server has lost it. A caller with a place needs no solution.',
      }),
      challengeSolution: t.arg.string({
        description: 'The solution of the `challenge` of an earlier ChallengeRequiredError.',
      }),
    },
    resolve: async (_root, { eventId: id, placeToken, challengeSolution }, ctx) => {
      const eventId = requireEventId(id);
      checkSolution(challengeSolution);
      const { userId } = ctx.viewer;
      return readOrBusy(ctx, async () => {
        if (!(await canSeeEvent(ctx, eventId))) throw notVisible('event');
        const room = await ctx.waitingRooms.directory.get(eventId);
        if (room === null) throw notVisible('event');
        requireJoinable(room, ctx.clock.nowMs());
        const hasPlace = ctx.waitingRooms.hasPlace(placeToken ?? null, userId, eventId);
        // guard: new-places-need-solution
        if (room.isOn && !hasPlace) await ctx.budget?.requireSolution(eventId, challengeSolution ?? null);
        return ctx.waitingRooms.join(room, userId, placeToken ?? null);
      });
    },
  }),
);

/** A room can be joined while its event is on sale, and before that while its lobby is open. */
function requireJoinable(room: Room, nowMs: number): void {
  const { eventStatus, onSaleAtMs, saleEndsAtMs, lobbyOpensAtMs, isOn, seed } = room;
  const opensAtMs = isOn ? Math.min(lobbyOpensAtMs, onSaleAtMs) : onSaleAtMs;
  // guard: join-while-open
  if (eventStatus !== 'ON_SALE' || nowMs < opensAtMs || nowMs >= saleEndsAtMs) {
    throw new EventNotOnSaleError(eventStatus, new Date(onSaleAtMs), new Date(saleEndsAtMs));
  }
  // A worker opens the lobby within a second, by committing to its seed.
  if (isOn && nowMs < onSaleAtMs && seed === null) throw new BusyError(); // guard: no-lobby-without-commitment
}
