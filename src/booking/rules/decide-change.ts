import {
  type Draft,
  type Outcome,
  retryUnlocked,
  done,
  refused,
  freeOverdueSeats,
  isFree,
  allLocked,
  refuseUnlessOpenHold,
  findOwnBooking,
} from './draft.ts';
import type { ChangeCommand } from './commands.ts';
import { refuseUnlessAdmitted, refuseUnlessOnSale, sumPrices, findOrphans } from './decide-hold.ts';

/**
 * Replaces a hold's seats, all or none. Keeps the deadline, and does not touch the seats that stay. Returns a hold that
 * already has exactly these seats unchanged.
 */
export function decideChange(draft: Draft, command: ChangeCommand): Outcome {
  const booking = findOwnBooking(draft, command);
  if (booking === undefined) return refused({ code: 'NOT_FOUND', what: 'booking' });
  const closed =
    refuseUnlessOpenHold(draft, booking) ??
    refuseUnlessOnSale(draft, command.buyerId) ??
    refuseUnlessAdmitted(draft, command.buyerId, command.isAdmitted);
  if (closed !== null) return closed;
  const taken = command.seats.filter((seat) => !booking.seats.includes(seat));
  const given = booking.seats.filter((seat) => !command.seats.includes(seat));
  if (taken.length === 0 && given.length === 0) return done(booking);
  return checkSwap(draft, command, taken, given) ?? swap(draft, booking.id, command.seats, taken, given);
}

function checkSwap(
  draft: Draft,
  command: ChangeCommand,
  taken: readonly number[],
  given: readonly number[],
): Outcome | null {
  const limit = draft.event.seatLimit;
  if (taken.some((seat) => seat >= draft.event.seatsTotal))
    return refused({ code: 'NOT_FOUND', what: 'seat' });
  const booking = draft.booking(command.bookingId);
  if (booking === undefined || !allLocked(draft, booking)) return retryUnlocked;
  if (taken.some((seat) => draft.seat(seat) === undefined)) return retryUnlocked;
  const occupied = taken.filter((seat) => !isFree(draft, seat));
  if (occupied.length > 0) return refused({ code: 'SEATS_UNAVAILABLE', seats: occupied });
  const more = taken.length - given.length;
  if (more > 0 && draft.countSeats(command.buyerId) + more > limit) {
    return refused({ code: 'SEAT_LIMIT_EXCEEDED', limit });
  }
  const orphans = findOrphans(draft, command.seats, given);
  return orphans.length > 0 ? refused({ code: 'ORPHAN_SEATS', orphans, seats: command.seats }) : null;
}

function swap(
  draft: Draft,
  bookingId: string,
  seats: readonly number[],
  taken: readonly number[],
  given: readonly number[],
): Outcome {
  if (!freeOverdueSeats(draft, taken)) return retryUnlocked;
  for (const seat of given) draft.moveSeat(seat, 'AVAILABLE', bookingId);
  for (const seat of taken) draft.moveSeat(seat, 'HELD', bookingId);
  const booking = draft.booking(bookingId);
  if (booking === undefined) throw new Error(`booking ${bookingId} is missing from its draft`);
  return done(draft.putBooking({ ...booking, seats, totalAmount: sumPrices(draft, seats) }));
}
