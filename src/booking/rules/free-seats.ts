import type { Draft } from './draft.ts';

/** Available, or held by a booking whose deadline has passed: expiry is a rule, and waits for no sweeper. */
export function isFree(draft: Draft, index: number): boolean {
  const seat = draft.seat(index);
  if (seat === undefined) return false;
  if (seat.status !== 'HELD' || seat.bookingId === null) return seat.status === 'AVAILABLE';
  const booking = draft.booking(seat.bookingId);
  return booking !== undefined && draft.isOverdue(booking);
}

/**
 * Ends each overdue booking that has one of the seats, as a whole: all of its seats become available.
 *
 * @returns false, and nothing is changed, where such a booking has seats that are not locked.
 */
export function freeOverdueSeats(draft: Draft, seats: readonly number[]): boolean {
  const ids = new Set(seats.flatMap((index) => draft.seat(index)?.bookingId ?? []));
  const bookings = [...ids].flatMap((id) => draft.booking(id) ?? []);
  if (bookings.some((booking) => booking.seats.some((index) => draft.seat(index) === undefined)))
    return false;
  for (const booking of bookings) expire(draft, booking.id);
  return true;
}

/** All seats of the booking must be locked. */
export function expire(draft: Draft, bookingId: string): void {
  const booking = draft.booking(bookingId);
  if (booking === undefined || !draft.isOverdue(booking))
    throw new Error(`booking ${bookingId} is not overdue`);
  for (const index of booking.seats) draft.moveSeat(index, 'AVAILABLE', booking.id); // guard: whole-booking-expires
  draft.putBooking({ ...booking, status: 'EXPIRED', endedAtMs: draft.clockMs });
}
