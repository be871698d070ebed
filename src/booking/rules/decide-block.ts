import { type Draft, type Outcome, retryUnlocked, done, refused, freeOverdueSeats, isFree } from './draft.ts';
import type { BlockCommand } from './commands.ts';

/** Takes seats off sale, all or none. Blocked seats stay blocked. */
export function decideBlock(draft: Draft, command: BlockCommand): Outcome {
  return (
    checkRequest(draft, command) ??
    block(
      draft,
      command.seats.filter((index) => draft.seat(index)?.status !== 'BLOCKED'),
    )
  );
}

function block(draft: Draft, seats: readonly number[]): Outcome {
  const taken = seats.filter((index) => !isFree(draft, index));
  if (taken.length > 0) return refused({ code: 'SEATS_UNAVAILABLE', seats: taken });
  if (!freeOverdueSeats(draft, seats)) return retryUnlocked;
  for (const index of seats) draft.moveSeat(index, 'BLOCKED', null);
  return done(null);
}

/** Puts blocked seats back on sale, all or none. Refuses if a seat is held or booked. */
export function decideUnblock(draft: Draft, command: BlockCommand): Outcome {
  const refusal = checkRequest(draft, command);
  if (refusal !== null) return refusal;
  const taken = command.seats.filter(
    (index) => draft.seat(index)?.status !== 'BLOCKED' && !isFree(draft, index),
  );
  if (taken.length > 0) return refused({ code: 'SEATS_UNAVAILABLE', seats: taken });
  for (const index of command.seats) {
    if (draft.seat(index)?.status === 'BLOCKED') draft.moveSeat(index, 'AVAILABLE', null);
  }
  return done(null);
}

function checkRequest(draft: Draft, { organizerId, seats }: BlockCommand): Outcome | null {
  if (organizerId !== draft.event.organizerId) return refused({ code: 'NOT_FOUND', what: 'event' });
  if (seats.some((index) => index >= draft.event.seatsTotal))
    return refused({ code: 'NOT_FOUND', what: 'seat' });
  return seats.every((index) => draft.seat(index) !== undefined) ? null : retryUnlocked;
}
