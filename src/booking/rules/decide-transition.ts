import {
  type Draft,
  type Outcome,
  retryUnlocked,
  done,
  refused,
  expire,
  allLocked,
  refuseUnlessOpenHold,
  findOwnBooking,
  findReplay,
  eventNotOnSale,
} from './draft.ts';
import type {
  CancelCommand,
  ConfirmCommand,
  ExpireCommand,
  ExtendCommand,
  ReleaseCommand,
} from './commands.ts';

/** Confirms a hold, which books its seats. Returns a booking in CONFIRMED unchanged. */
export function decideConfirm(draft: Draft, command: ConfirmCommand): Outcome {
  const replay = findReplay(draft, command.buyerId, command.key);
  if (replay !== null) return replay;
  const booking = findOwnBooking(draft, command);
  if (booking === undefined) return refused({ code: 'NOT_FOUND', what: 'booking' });
  if (booking.status === 'CONFIRMED') {
    draft.useKey(command.buyerId, command.key, booking.id);
    return done(booking);
  }
  const blocked = refuseUnlessOpenHold(draft, booking) ?? refuseIfSalesOver(draft);
  if (blocked !== null) return blocked;
  if (!allLocked(draft, booking)) return retryUnlocked;

  for (const index of booking.seats) draft.moveSeat(index, 'BOOKED', booking.id);
  draft.useKey(command.buyerId, command.key, booking.id);
  return done(draft.putBooking({ ...booking, status: 'CONFIRMED', confirmedAtMs: draft.clockMs }));
}

/** Releases a hold. Returns a booking in RELEASED unchanged. */
export function decideRelease(draft: Draft, command: ReleaseCommand): Outcome {
  const booking = findOwnBooking(draft, command);
  if (booking === undefined) return refused({ code: 'NOT_FOUND', what: 'booking' });
  if (booking.status === 'RELEASED') return done(booking);
  const blocked = refuseUnlessOpenHold(draft, booking);
  if (blocked !== null) return blocked;
  if (!allLocked(draft, booking)) return retryUnlocked;

  for (const index of booking.seats) draft.moveSeat(index, 'AVAILABLE', booking.id);
  return done(draft.putBooking({ ...booking, status: 'RELEASED', endedAtMs: draft.clockMs }));
}

/** Extends the deadline once, by the event's extension and up to the hold's maximum lifetime. */
export function decideExtend(draft: Draft, command: ExtendCommand): Outcome {
  const booking = findOwnBooking(draft, command);
  if (booking === undefined) return refused({ code: 'NOT_FOUND', what: 'booking' });
  const closed = refuseUnlessOpenHold(draft, booking) ?? refuseIfSalesOver(draft);
  if (closed !== null) return closed;
  const { holdExtensionMs, holdLifetimeMaxMs } = draft.event;
  if (holdExtensionMs === null) return refused({ code: 'EXTENSION_REFUSED', why: 'NOT_ALLOWED' });
  if (booking.extendedAtMs !== null) return refused({ code: 'EXTENSION_REFUSED', why: 'EXTENDED_ALREADY' });
  const until = Math.min(booking.holdExpiresAtMs + holdExtensionMs, booking.createdAtMs + holdLifetimeMaxMs);
  if (until <= booking.holdExpiresAtMs)
    return refused({ code: 'EXTENSION_REFUSED', why: 'LIFETIME_USED_UP' });
  if (!allLocked(draft, booking)) return retryUnlocked;
  return done(
    draft.putBooking({
      ...booking,
      holdExpiresAtMs: until,
      takeoverDelayMs: draft.getTakeoverDelayMs(), // guard: takeover-delay-of-extension
      extendedAtMs: draft.clockMs,
    }),
  );
}

/** Cancels a confirmed booking. Returns a booking in CANCELED unchanged. */
export function decideCancel(draft: Draft, { bookingId, callerId }: CancelCommand): Outcome {
  const booking = draft.booking(bookingId);
  const isOrganizer = callerId === draft.event.organizerId;
  if (booking === undefined || (booking.buyerId !== callerId && !isOrganizer)) {
    return refused({ code: 'NOT_FOUND', what: 'booking' });
  }
  if (booking.status === 'CANCELED') return done(booking);
  if (booking.status !== 'CONFIRMED') {
    const status = draft.isOverdue(booking) ? 'EXPIRED' : booking.status;
    return refused({ code: 'BOOKING_STATE', status });
  }
  const tooLate = isOrganizer ? null : refuseBuyerCancellation(draft);
  if (tooLate !== null) return tooLate;
  if (!allLocked(draft, booking)) return retryUnlocked;
  for (const index of booking.seats) draft.moveSeat(index, 'AVAILABLE', booking.id);
  return done(draft.putBooking({ ...booking, status: 'CANCELED', endedAtMs: draft.clockMs }));
}

/** Expires a hold that can be taken over. Changes nothing if the booking is no longer one: another command was first. */
export function decideExpire(draft: Draft, command: ExpireCommand): Outcome {
  const booking = draft.booking(command.bookingId);
  if (booking === undefined || !draft.isTakeable(booking)) return done(booking ?? null);
  if (!allLocked(draft, booking)) return retryUnlocked;
  expire(draft, booking.id);
  return done(draft.booking(booking.id) ?? null);
}

/**
 * Refuses to confirm or extend a hold once sales are over. A paused event, or one past the end of its sale, takes no new
 * holds, but existing ones keep their deadline and can be confirmed.
 */
function refuseIfSalesOver(draft: Draft): Outcome | null {
  const { status } = draft.event;
  return status === 'ON_SALE' || status === 'PAUSED' ? null : eventNotOnSale(draft);
}

/** Refuses a cancellation by the buyer if the event does not allow it, or no longer. Returns null if it does. */
function refuseBuyerCancellation({ event, clockMs }: Draft): Outcome | null {
  const { buyersMayCancel, cancelableUntilMs } = event;
  if (!buyersMayCancel) return refused({ code: 'CANCELLATION_REFUSED', cancelableUntilMs: null });
  // guard: cancellation-end
  return clockMs < cancelableUntilMs ? null : refused({ code: 'CANCELLATION_REFUSED', cancelableUntilMs });
}
