import type { BookingRecord } from '../rules/model.ts';
import { hashKey, submitForBooking, type BookingContext } from './submit.ts';

export interface ConfirmBookingInput {
  readonly buyerId: string;
  readonly eventId: number;
  readonly bookingId: string;
  readonly idempotencyKey: string | null;
}

/**
 * Books the seats of a hold. Returns a confirmed booking unchanged. Locks the buyer's row and the booking's seats.
 *
 * @throws {SelloutError} NotFound (also for another buyer's booking), HoldExpired, BookingState, EventNotOnSale,
 *   IdempotencyConflict, InvalidInput, Busy, ReadOnly.
 */
export async function confirmBooking(
  ctx: BookingContext,
  input: ConfirmBookingInput,
): Promise<BookingRecord> {
  const { buyerId, eventId, bookingId, idempotencyKey } = input;
  const key = idempotencyKey === null ? null : hashKey('confirmBooking', idempotencyKey, { bookingId });
  return submitForBooking(ctx, eventId, {
    command: { kind: 'confirm', bookingId, buyerId, key },
    choice: null,
  });
}
