import type {
  BlockCommand,
  CancelCommand,
  ChangeCommand,
  Command,
  ConfirmCommand,
  ExpireCommand,
  ExtendCommand,
  HoldCommand,
  ReleaseCommand,
} from '../../../../../src/booking/rules/commands.ts';
import type { Key } from '../../../../../src/booking/rules/model.ts';
import type { Outcome } from '../../../../../src/booking/rules/draft.ts';
import {
  canBeTakenOver,
  hasExpired,
  canBeTaken,
  endOverdueBookingOn,
  end,
  setSeat,
  seatsOf,
  priceOf,
  seatAt,
  isOnSale,
  notOnSale,
  yes,
  no,
  type Model,
  type ModelBooking,
} from './reference-hall.ts';

/*
 * A second implementation of the rules, as simple as possible and written from the public contract, not from the source:
 * one plain object, changed in place, one command at a time. It has no batches, no drafts and no locks, and allows orphans.
 */

export function runModel(model: Model, command: Command): Outcome {
  if (command.kind === 'hold') return hold(model, command);
  if (command.kind === 'confirm') return confirm(model, command);
  if (command.kind === 'release') return release(model, command);
  if (command.kind === 'extend') return extend(model, command);
  if (command.kind === 'change') return change(model, command);
  if (command.kind === 'cancel') return cancel(model, command);
  if (command.kind === 'expire') return expire(model, command);
  return command.kind === 'block' ? block(model, command) : unblock(model, command);
}

function hold(model: Model, command: HoldCommand): Outcome {
  const { event, clockMs } = model;
  const earlier = earlierCall(model, command.buyerId, command.key);
  if (earlier) return earlier;
  if (event.status === 'DRAFT' && command.buyerId !== event.organizerId)
    return no({ code: 'NOT_FOUND', what: 'event' });
  if (!isOnSale(model)) return no(notOnSale(model));
  if (command.quantity > event.seatLimit) return no({ code: 'SEAT_LIMIT_EXCEEDED', limit: event.seatLimit });
  for (const index of command.named) {
    if (!model.seats[index]) return no({ code: 'NOT_FOUND', what: 'seat' });
  }

  let wanted = command.named;
  const taken = wanted.filter((index) => !canBeTaken(model, index));
  if (wanted.length === 0 || taken.length > 0) {
    if (command.chosen === null || command.chosen.length === 0)
      return no({ code: 'SEATS_UNAVAILABLE', seats: taken });
    wanted = command.chosen;
    if (!wanted.every((index) => canBeTaken(model, index))) return { kind: 'retry', why: 'conflict' };
  }

  if (seatsOf(model, command.buyerId) + wanted.length > event.seatLimit)
    return no({ code: 'SEAT_LIMIT_EXCEEDED', limit: event.seatLimit });
  for (const index of wanted) {
    endOverdueBookingOn(model, index);
    setSeat(model, index, 'HELD', command.bookingId);
  }
  const booking: ModelBooking = {
    eventId: event.eventId,
    id: command.bookingId,
    buyerId: command.buyerId,
    status: 'HOLD',
    seats: [...wanted],
    totalAmount: priceOf(model, wanted),
    createdAtMs: clockMs,
    holdExpiresAtMs: clockMs + event.holdTtlMs,
    takeoverDelayMs: event.takeoverDelay ? model.takeoverDelayMs : 0,
    extendedAtMs: null,
    confirmedAtMs: null,
    endedAtMs: null,
  };
  model.bookings.push(booking);
  remember(model, command.buyerId, command.key, booking.id);
  return yes(booking);
}

function confirm(model: Model, command: ConfirmCommand): Outcome {
  const earlier = earlierCall(model, command.buyerId, command.key);
  if (earlier) return earlier;
  const booking = model.bookings.find(
    ({ id, buyerId }) => id === command.bookingId && buyerId === command.buyerId,
  );
  if (!booking) return no({ code: 'NOT_FOUND', what: 'booking' });
  if (booking.status !== 'CONFIRMED') {
    if (hasExpired(model, booking)) return no({ code: 'HOLD_EXPIRED', expiredAtMs: booking.holdExpiresAtMs });
    if (booking.status !== 'HOLD') return no({ code: 'BOOKING_STATE', status: booking.status });
    if (!['ON_SALE', 'PAUSED'].includes(model.event.status)) return no(notOnSale(model));
    booking.status = 'CONFIRMED';
    booking.confirmedAtMs = model.clockMs;
    for (const index of booking.seats) seatAt(model, index).status = 'BOOKED';
  }
  remember(model, command.buyerId, command.key, booking.id);
  return yes(booking);
}

function release(model: Model, command: ReleaseCommand): Outcome {
  const booking = model.bookings.find(
    ({ id, buyerId }) => id === command.bookingId && buyerId === command.buyerId,
  );
  if (!booking) return no({ code: 'NOT_FOUND', what: 'booking' });
  if (booking.status === 'RELEASED') return yes(booking);
  if (hasExpired(model, booking)) return no({ code: 'HOLD_EXPIRED', expiredAtMs: booking.holdExpiresAtMs });
  if (booking.status !== 'HOLD') return no({ code: 'BOOKING_STATE', status: booking.status });
  end(model, booking, 'RELEASED');
  return yes(booking);
}

function extend(model: Model, command: ExtendCommand): Outcome {
  const { holdExtensionMs, holdLifetimeMaxMs, status } = model.event;
  const booking = model.bookings.find(
    ({ id, buyerId }) => id === command.bookingId && buyerId === command.buyerId,
  );
  if (!booking) return no({ code: 'NOT_FOUND', what: 'booking' });
  if (hasExpired(model, booking)) return no({ code: 'HOLD_EXPIRED', expiredAtMs: booking.holdExpiresAtMs });
  if (booking.status !== 'HOLD') return no({ code: 'BOOKING_STATE', status: booking.status });
  if (!['ON_SALE', 'PAUSED'].includes(status)) return no(notOnSale(model));
  if (holdExtensionMs === null) return no({ code: 'EXTENSION_REFUSED', why: 'NOT_ALLOWED' });
  if (booking.extendedAtMs !== null) return no({ code: 'EXTENSION_REFUSED', why: 'EXTENDED_ALREADY' });
  const wanted = booking.holdExpiresAtMs + holdExtensionMs;
  const latest = booking.createdAtMs + holdLifetimeMaxMs;
  if (latest <= booking.holdExpiresAtMs) return no({ code: 'EXTENSION_REFUSED', why: 'LIFETIME_USED_UP' });
  booking.holdExpiresAtMs = wanted < latest ? wanted : latest;
  booking.takeoverDelayMs = model.event.takeoverDelay ? model.takeoverDelayMs : 0;
  booking.extendedAtMs = model.clockMs;
  return yes(booking);
}

function change(model: Model, command: ChangeCommand): Outcome {
  const { event } = model;
  const booking = model.bookings.find(
    ({ id, buyerId }) => id === command.bookingId && buyerId === command.buyerId,
  );
  if (!booking) return no({ code: 'NOT_FOUND', what: 'booking' });
  if (hasExpired(model, booking)) return no({ code: 'HOLD_EXPIRED', expiredAtMs: booking.holdExpiresAtMs });
  if (booking.status !== 'HOLD') return no({ code: 'BOOKING_STATE', status: booking.status });
  if (event.status === 'DRAFT' && command.buyerId !== event.organizerId)
    return no({ code: 'NOT_FOUND', what: 'event' });
  if (!isOnSale(model)) return no(notOnSale(model));
  const has = new Set(booking.seats);
  const wanted = new Set(command.seats);
  const more = command.seats.filter((index) => !has.has(index));
  if (has.size === wanted.size && more.length === 0) return yes(booking);
  if (more.some((index) => !model.seats[index])) return no({ code: 'NOT_FOUND', what: 'seat' });
  const taken = more.filter((index) => !canBeTaken(model, index));
  if (taken.length > 0) return no({ code: 'SEATS_UNAVAILABLE', seats: taken });
  const grows = wanted.size > has.size;
  if (grows && seatsOf(model, command.buyerId) - has.size + wanted.size > event.seatLimit) {
    return no({ code: 'SEAT_LIMIT_EXCEEDED', limit: event.seatLimit });
  }
  for (const index of more) endOverdueBookingOn(model, index);
  for (const index of has) setSeat(model, index, 'AVAILABLE', null);
  for (const index of wanted) setSeat(model, index, 'HELD', booking.id);
  booking.seats = [...command.seats];
  booking.totalAmount = priceOf(model, command.seats);
  return yes(booking);
}

function cancel(model: Model, { bookingId, callerId }: CancelCommand): Outcome {
  const byOrganizer = callerId === model.event.organizerId;
  const booking = model.bookings.find(
    ({ id, buyerId }) => id === bookingId && (byOrganizer || buyerId === callerId),
  );
  if (!booking) return no({ code: 'NOT_FOUND', what: 'booking' });
  if (booking.status === 'CANCELED') return yes(booking);
  if (hasExpired(model, booking)) return no({ code: 'BOOKING_STATE', status: 'EXPIRED' });
  if (booking.status !== 'CONFIRMED') return no({ code: 'BOOKING_STATE', status: booking.status });
  const { buyersMayCancel, cancelableUntilMs } = model.event;
  if (!byOrganizer && !buyersMayCancel) return no({ code: 'CANCELLATION_REFUSED', cancelableUntilMs: null });
  if (!byOrganizer && model.clockMs >= cancelableUntilMs)
    return no({ code: 'CANCELLATION_REFUSED', cancelableUntilMs });
  end(model, booking, 'CANCELED');
  return yes(booking);
}

function expire(model: Model, command: ExpireCommand): Outcome {
  const booking = model.bookings.find(({ id }) => id === command.bookingId);
  if (!booking) return { kind: 'done', booking: null };
  if (canBeTakenOver(model, booking)) end(model, booking, 'EXPIRED');
  return yes(booking);
}

function block(model: Model, command: BlockCommand): Outcome {
  const unknown = unknownTo(model, command);
  if (unknown) return unknown;
  const onSale = command.seats.filter((index) => seatAt(model, index).status !== 'BLOCKED');
  const taken = onSale.filter((index) => !canBeTaken(model, index));
  if (taken.length > 0) return no({ code: 'SEATS_UNAVAILABLE', seats: taken });
  for (const index of onSale) {
    endOverdueBookingOn(model, index);
    seatAt(model, index).status = 'BLOCKED';
  }
  return { kind: 'done', booking: null };
}

function unblock(model: Model, command: BlockCommand): Outcome {
  const unknown = unknownTo(model, command);
  if (unknown) return unknown;
  const taken = command.seats.filter(
    (index) => seatAt(model, index).status !== 'BLOCKED' && !canBeTaken(model, index),
  );
  if (taken.length > 0) return no({ code: 'SEATS_UNAVAILABLE', seats: taken });
  for (const index of command.seats) {
    if (seatAt(model, index).status === 'BLOCKED') seatAt(model, index).status = 'AVAILABLE';
  }
  return { kind: 'done', booking: null };
}

function unknownTo(model: Model, command: BlockCommand): Outcome | undefined {
  if (command.organizerId !== model.event.organizerId) return no({ code: 'NOT_FOUND', what: 'event' });
  if (command.seats.some((index) => !model.seats[index])) return no({ code: 'NOT_FOUND', what: 'seat' });
  return undefined;
}

function earlierCall(model: Model, buyerId: string, key: Key | null): Outcome | undefined {
  if (!key) return undefined;
  for (const used of model.keys) {
    if (used.buyerId !== buyerId || used.operation !== key.operation || used.keyHash !== key.keyHash)
      continue;
    if (used.inputHash !== key.inputHash) return no({ code: 'IDEMPOTENCY_CONFLICT' });
    const booking = model.bookings.find(({ id }) => id === used.bookingId);
    if (booking) return yes(booking);
  }
  return undefined;
}

function remember(model: Model, buyerId: string, key: Key | null, bookingId: string): void {
  if (key) model.keys.push({ ...key, buyerId, bookingId });
}
