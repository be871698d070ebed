import { freeOverdueSeats, isFree } from './free-seats.ts';
import type { Draft } from './draft.ts';
import type { HoldCommand, Outcome } from './model.ts';
import { againConflict, againUnlocked, done, refused } from './outcomes.ts';
import { leftAlone } from './orphans.ts';
import { replayOf } from './replay.ts';
import { notOnSale, totalOf } from './sale-rules.ts';

/**
 * Holds all of the seats or none. In this order: a replay answers first, then the event, then the buyer's limit against
 * the bare number, then the seats, then the limit together with
 * what the buyer has, then the event's rule on orphans, which binds what buyers choose, not what the server does.
 */
export function decideHold(draft: Draft, command: HoldCommand): Outcome {
  const replay = replayOf(draft, command.buyerId, command.key);
  if (replay !== null) return replay;
  return notOnSale(draft, command.buyerId) ?? overLimit(draft, command, 0) ?? takeSeats(draft, command);
}

function overLimit(draft: Draft, command: HoldCommand, has: number): Outcome | null {
  const limit = draft.event.seatLimit;
  return has + command.quantity > limit ? refused({ code: 'SEAT_LIMIT_EXCEEDED', limit }) : null; // guard: seat-limit
}

function takeSeats(draft: Draft, command: HoldCommand): Outcome {
  const seats = seatsToTake(draft, command);
  if ('kind' in seats) return seats;
  const limited = overLimit(draft, command, draft.seatsOf(command.buyerId));
  if (limited !== null) return limited;
  const orphans = seats === command.named ? leftAlone(draft, seats) : [];
  if (orphans.length > 0) return refused({ code: 'ORPHAN_SEATS', orphans });
  if (!freeOverdueSeats(draft, seats)) return againUnlocked;

  for (const index of seats) draft.moveSeat(index, 'HELD', command.bookingId);
  const booking = draft.putBooking({
    eventId: draft.event.eventId,
    id: command.bookingId,
    buyerId: command.buyerId,
    status: 'HOLD',
    seats,
    totalAmount: totalOf(draft, seats),
    createdAtMs: draft.clockMs,
    holdExpiresAtMs: draft.clockMs + draft.event.holdTtlMs,
    extendedAtMs: null,
    confirmedAtMs: null,
    endedAtMs: null,
  });
  draft.useKey(command.buyerId, command.key, booking.id); // guard: idempotency-key-stored
  return done(booking);
}

/** Returns the named seats if they are free; otherwise the seats that the server chose, if any. */
function seatsToTake(draft: Draft, { named, chosen }: HoldCommand): readonly number[] | Outcome {
  if (named.some((index) => index >= draft.event.seatsTotal))
    return refused({ code: 'NOT_FOUND', what: 'seat' });
  if ([...named, ...(chosen ?? [])].some((index) => draft.seat(index) === undefined)) return againUnlocked;

  const taken = named.filter((index) => !isFree(draft, index));
  if (named.length > 0 && taken.length === 0) return named;
  if (chosen === null || chosen.length === 0) return refused({ code: 'SEATS_UNAVAILABLE', seats: taken });
  return chosen.every((index) => isFree(draft, index)) ? chosen : againConflict;
}
