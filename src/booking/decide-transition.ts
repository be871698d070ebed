import type { Draft } from './draft.ts';
import { expire } from './free-seats.ts';
import type { BookingRecord, ConfirmCommand, ExpireCommand, Outcome, ReleaseCommand } from './model.ts';
import { againUnlocked, done, refused } from './outcomes.ts';
import { replayOf } from './replay.ts';

/** Books the seats of a hold. A booking that is CONFIRMED already stays as it is and is the answer. */
export function decideConfirm(draft: Draft, command: ConfirmCommand): Outcome {
  const replay = replayOf(draft, command.buyerId, command.key);
  if (replay !== null) return replay;
  const booking = ownBooking(draft, command);
  if (booking === undefined) return refused({ code: 'NOT_FOUND', what: 'booking' });
  if (booking.status === 'CONFIRMED') {
    draft.useKey(command.buyerId, command.key, booking.id);
    return done(booking);
  }
  const blocked = notAnOpenHold(draft, booking) ?? salesOver(draft);
  if (blocked !== null) return blocked;
  if (!allLocked(draft, booking)) return againUnlocked;

  for (const index of booking.seats) draft.moveSeat(index, 'BOOKED', booking.id);
  draft.useKey(command.buyerId, command.key, booking.id);
  return done(draft.putBooking({ ...booking, status: 'CONFIRMED', confirmedAtMs: draft.clockMs }));
}

/** Gives a hold back. A booking that is RELEASED already stays as it is and is the answer. */
export function decideRelease(draft: Draft, command: ReleaseCommand): Outcome {
  const booking = ownBooking(draft, command);
  if (booking === undefined) return refused({ code: 'NOT_FOUND', what: 'booking' });
  if (booking.status === 'RELEASED') return done(booking);
  const blocked = notAnOpenHold(draft, booking);
  if (blocked !== null) return blocked;
  if (!allLocked(draft, booking)) return againUnlocked;

  for (const index of booking.seats) draft.moveSeat(index, 'AVAILABLE', booking.id);
  return done(draft.putBooking({ ...booking, status: 'RELEASED', endedAtMs: draft.clockMs }));
}

/** Writes down an expiry. What is not (or no longer) an overdue hold is left alone: somebody else was first. */
export function decideExpire(draft: Draft, command: ExpireCommand): Outcome {
  const booking = draft.booking(command.bookingId);
  if (booking === undefined || !draft.isOverdue(booking)) return done(booking ?? null);
  if (!allLocked(draft, booking)) return againUnlocked;
  expire(draft, booking.id);
  return done(draft.booking(booking.id) ?? null);
}

/** Somebody else's booking is treated as none, so that nobody learns that it exists. */
function ownBooking(
  draft: Draft,
  command: { bookingId: string; buyerId: string },
): BookingRecord | undefined {
  const booking = draft.booking(command.bookingId);
  return booking?.buyerId === command.buyerId ? booking : undefined;
}

function notAnOpenHold(draft: Draft, booking: BookingRecord): Outcome | null {
  if (booking.status === 'EXPIRED' || draft.isOverdue(booking)) {
    return refused({ code: 'HOLD_EXPIRED', expiredAtMs: booking.holdExpiresAtMs });
  }
  return booking.status === 'HOLD' ? null : refused({ code: 'BOOKING_STATE', status: booking.status });
}

/** PAUSED takes no new holds, but lets standing ones be confirmed. */
function salesOver(draft: Draft): Outcome | null {
  const { status, onSaleAtMs } = draft.event;
  if (status === 'ON_SALE' || status === 'PAUSED') return null;
  return refused({ code: 'EVENT_NOT_ON_SALE', status, onSaleAtMs });
}

function allLocked(draft: Draft, booking: BookingRecord): boolean {
  return booking.seats.every((index) => draft.seat(index) !== undefined);
}
