import type { BookingRecord } from '../rules/model.ts';
import { submitForBooking, type BookingContext } from './submit.ts';

export interface ReleaseBookingInput {
  readonly buyerId: string;
  readonly eventId: number;
  readonly bookingId: string;
}

/**
 * Releases a hold. Returns a released booking unchanged. Locks the booking's seats.
 *
 * @throws {SelloutError} NotFound (also for another buyer's hold), HoldExpired, BookingState, Busy, ReadOnly.
 */
export function releaseBooking(ctx: BookingContext, input: ReleaseBookingInput): Promise<BookingRecord> {
  const { buyerId, eventId, bookingId } = input;
  return submitForBooking(ctx, eventId, { command: { kind: 'release', bookingId, buyerId }, choice: null });
}
