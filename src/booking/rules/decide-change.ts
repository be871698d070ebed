import { freeOverdueSeats, isFree } from './free-seats.ts';
import type { Draft } from './draft.ts';
import type { ChangeCommand, Outcome } from './model.ts';
import { leftAlone } from './orphans.ts';
import { allLocked, notAnOpenHold, ownBooking } from './own-booking.ts';
import { againUnlocked, done, refused } from './outcomes.ts';
import { notOnSale, totalOf } from './sale-rules.ts';

/**
 * Swaps a hold's seats for others, all or none. Seats that stay are not touched, the deadline is not either. A hold
 * that has just these seats already is the answer, unchanged.
 */
export function decideChange(draft: Draft, command: ChangeCommand): Outcome {
  const booking = ownBooking(draft, command);
  if (booking === undefined) return refused({ code: 'NOT_FOUND', what: 'booking' });
  const closed = notAnOpenHold(draft, booking) ?? notOnSale(draft, command.buyerId);
  if (closed !== null) return closed;
  const taken = command.seats.filter((seat) => !booking.seats.includes(seat));
  const given = booking.seats.filter((seat) => !command.seats.includes(seat));
  if (taken.length === 0 && given.length === 0) return done(booking);
  return unfit(draft, command, taken, given) ?? swap(draft, booking.id, command.seats, taken, given);
}

function unfit(
  draft: Draft,
  command: ChangeCommand,
  taken: readonly number[],
  given: readonly number[],
): Outcome | null {
  const limit = draft.event.seatLimit;
  if (taken.some((seat) => seat >= draft.event.seatsTotal))
    return refused({ code: 'NOT_FOUND', what: 'seat' });
  const booking = draft.booking(command.bookingId);
  if (booking === undefined || !allLocked(draft, booking)) return againUnlocked;
  if (taken.some((seat) => draft.seat(seat) === undefined)) return againUnlocked;
  const occupied = taken.filter((seat) => !isFree(draft, seat));
  if (occupied.length > 0) return refused({ code: 'SEATS_UNAVAILABLE', seats: occupied });
  const more = taken.length - given.length;
  if (more > 0 && draft.seatsOf(command.buyerId) + more > limit) {
    return refused({ code: 'SEAT_LIMIT_EXCEEDED', limit });
  }
  const orphans = leftAlone(draft, command.seats, given);
  return orphans.length > 0 ? refused({ code: 'ORPHAN_SEATS', orphans }) : null;
}

function swap(
  draft: Draft,
  bookingId: string,
  seats: readonly number[],
  taken: readonly number[],
  given: readonly number[],
): Outcome {
  if (!freeOverdueSeats(draft, taken)) return againUnlocked;
  for (const seat of given) draft.moveSeat(seat, 'AVAILABLE', bookingId);
  for (const seat of taken) draft.moveSeat(seat, 'HELD', bookingId);
  const booking = draft.booking(bookingId);
  if (booking === undefined) throw new Error(`booking ${bookingId} is missing from its draft`);
  return done(draft.putBooking({ ...booking, seats, totalAmount: totalOf(draft, seats) }));
}
