import type { Draft } from './draft.ts';

/**
 * A seat is free if it is available or its hold is past the deadline. Expiry is a rule and does not wait for the sweeper.
 */
export function isFree(draft: Draft, index: number): boolean {
  const seat = draft.seat(index);
  if (seat === undefined) return false;
  if (seat.status !== 'HELD' || seat.bookingId === null) return seat.status === 'AVAILABLE';
  const booking = draft.booking(seat.bookingId);
  return booking !== undefined && draft.isOverdue(booking);
}

/**
 * Expires each overdue booking that has one of the seats. All seats of the booking become available.
 *
 * @returns false, without a change, if such a booking has seats that are not locked.
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
