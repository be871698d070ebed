import { idempotencyKey } from './idempotency-key.ts';
import type { BookingRecord } from '../rules/model.ts';
import { submitForBooking, type BookingContext } from './submit.ts';

export interface ConfirmBookingInput {
  readonly buyerId: string;
  readonly eventId: number;
  readonly bookingId: string;
  readonly idempotencyKey: string | null;
}

/**
 * Books the seats of a hold. A booking that is CONFIRMED already is the answer, unchanged. Locks the buyer's row and
 * the booking's seats.
 *
 * @throws {SelloutError} NotFound (also for somebody else's), HoldExpired, BookingState, EventNotOnSale,
 *   IdempotencyConflict, InvalidInput, Busy, ReadOnly.
 */
export function confirmBooking(ctx: BookingContext, input: ConfirmBookingInput): Promise<BookingRecord> {
  const { buyerId, eventId, bookingId } = input;
  const key = idempotencyKey('confirmBooking', input.idempotencyKey, { bookingId });
  return submitForBooking(ctx, eventId, {
    command: { kind: 'confirm', bookingId, buyerId, key },
    choice: null,
  });
}
