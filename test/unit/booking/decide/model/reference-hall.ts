import type {
  BookingStatus,
  EventRules,
  EventStatus,
  SeatStatus,
  UsedKey,
} from '../../../../../src/booking/rules/model.ts';
import type { Outcome } from '../../../../../src/booking/rules/draft.ts';
import type { Refusal } from '../../../../../src/booking/rules/model.ts';

/* The model's one plain object, and the plain questions that its rules ask about it. */

export interface ModelSeat {
  index: number;
  tierIndex: number;
  status: SeatStatus;
  bookingId: string | null;
}

export interface ModelBooking {
  eventId: number;
  id: string;
  buyerId: string;
  status: BookingStatus;
  seats: number[];
  totalAmount: number;
  createdAtMs: number;
  holdExpiresAtMs: number;
  takeoverDelayMs: number;
  extendedAtMs: number | null;
  confirmedAtMs: number | null;
  endedAtMs: number | null;
}

export interface Model {
  event: EventRules;
  clockMs: number;
  /** The delay of the command that runs, if the event has takeover delays. */
  takeoverDelayMs: number;
  seats: ModelSeat[];
  bookings: ModelBooking[];
  keys: UsedKey[];
}

function overdue(model: Model, booking: ModelBooking): boolean {
  return booking.status === 'HOLD' && !(model.clockMs < booking.holdExpiresAtMs);
}

/** Whether anyone can take the seats: later than the buyer lost them, if the event has takeover delays. */
export function canBeTakenOver(model: Model, booking: ModelBooking): boolean {
  return overdue(model, booking) && model.clockMs - booking.holdExpiresAtMs >= booking.takeoverDelayMs;
}

export function hasExpired(model: Model, booking: ModelBooking): boolean {
  return booking.status === 'EXPIRED' || overdue(model, booking);
}

function bookingOf(model: Model, index: number): ModelBooking | undefined {
  return model.bookings.find(({ id }) => id === seatAt(model, index).bookingId);
}

export function canBeTaken(model: Model, index: number): boolean {
  const owner = bookingOf(model, index);
  return owner ? canBeTakenOver(model, owner) : seatAt(model, index).status === 'AVAILABLE';
}

export function endOverdueBookingOn(model: Model, index: number): void {
  const owner = bookingOf(model, index);
  if (owner && canBeTakenOver(model, owner)) end(model, owner, 'EXPIRED');
}

export function end(model: Model, booking: ModelBooking, status: 'EXPIRED' | 'RELEASED' | 'CANCELED'): void {
  booking.status = status;
  booking.endedAtMs = model.clockMs;
  for (const index of booking.seats) setSeat(model, index, 'AVAILABLE', null);
}

export function setSeat(model: Model, index: number, status: SeatStatus, bookingId: string | null): void {
  const seat = seatAt(model, index);
  seat.status = status;
  seat.bookingId = bookingId;
}

export function seatsOf(model: Model, buyerId: string): number {
  let count = 0;
  for (const seat of model.seats) {
    const owner = bookingOf(model, seat.index);
    if (owner && owner.buyerId === buyerId && !overdue(model, owner)) count += 1;
  }
  return count;
}

export function priceOf(model: Model, seats: readonly number[]): number {
  let amount = 0;
  for (const index of seats) amount += model.event.tierAmounts[seatAt(model, index).tierIndex] ?? Number.NaN;
  return amount;
}

export function seatAt(model: Model, index: number): ModelSeat {
  const seat = model.seats[index];
  if (!seat) throw new Error(`the model has no seat ${index}`);
  return seat;
}

export function isOnSale({ event, clockMs }: Model): boolean {
  if (event.status !== 'ON_SALE') return false;
  return !(clockMs < event.onSaleAtMs) && clockMs < event.saleEndsAtMs;
}

export function notOnSale({ event, clockMs }: Model): Refusal {
  const { onSaleAtMs, saleEndsAtMs } = event;
  return { code: 'EVENT_NOT_ON_SALE', status: shownStatus(event, clockMs), onSaleAtMs, saleEndsAtMs };
}

/** ENDED from the time at which a hold from the end of the sale, extended at once, would have expired. */
function shownStatus(event: EventRules, clockMs: number): EventStatus {
  const selling = event.status === 'ON_SALE' || event.status === 'PAUSED';
  const firstDeadline = event.saleEndsAtMs + event.holdTtlMs;
  let lastDeadline = firstDeadline;
  if (event.holdExtensionMs !== null) {
    const byLife = event.saleEndsAtMs + event.holdLifetimeMaxMs;
    lastDeadline = Math.min(
      firstDeadline + event.holdExtensionMs,
      byLife < firstDeadline ? firstDeadline : byLife,
    );
  }
  return selling && clockMs >= lastDeadline ? 'ENDED' : event.status;
}

export function yes(booking: ModelBooking): Outcome {
  return { kind: 'done', booking: { ...booking, seats: [...booking.seats] } };
}

export function no(refusal: Refusal): Outcome {
  return { kind: 'refused', refusal };
}
