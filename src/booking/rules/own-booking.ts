import type { Draft } from './draft.ts';
import type { BookingRecord } from './model.ts';
import { type Outcome, refused } from './outcomes.ts';

/** Returns the buyer's booking. Treats another buyer's booking as nonexistent, so that it is not revealed. */
export function findOwnBooking(
  draft: Draft,
  command: { readonly bookingId: string; readonly buyerId: string },
): BookingRecord | undefined {
  const booking = draft.booking(command.bookingId);
  return booking?.buyerId === command.buyerId ? booking : undefined; // guard: booking-owner
}

/** Refuses a booking that is not a hold or is past its deadline. Returns null for an open hold. */
export function refuseUnlessOpenHold(draft: Draft, booking: BookingRecord): Outcome | null {
  if (booking.status === 'EXPIRED' || draft.isOverdue(booking)) {
    return refused({ code: 'HOLD_EXPIRED', expiredAtMs: booking.holdExpiresAtMs });
  }
  return booking.status === 'HOLD' ? null : refused({ code: 'BOOKING_STATE', status: booking.status });
}

export function allLocked(draft: Draft, booking: BookingRecord): boolean {
  return booking.seats.every((index) => draft.seat(index) !== undefined);
}
