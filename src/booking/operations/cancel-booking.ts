import type { BookingRecord } from '../rules/model.ts';
import { submitForBooking, type BookingContext } from './submit.ts';

export interface CancelBookingInput {
  /** The buyer, or the event's organizer. */
  readonly callerId: string;
  readonly eventId: number;
  readonly bookingId: string;
}

/**
 * Cancels a confirmed booking and puts its seats back on sale. Returns a canceled booking unchanged. Locks the booking's
 * seats.
 *
 * @throws {SelloutError} NotFound (also if the caller is neither the buyer nor the event's organizer), BookingState,
 *   CancellationRefused (if the event does not allow the buyer to cancel), Busy, ReadOnly.
 */
export function cancelBooking(ctx: BookingContext, input: CancelBookingInput): Promise<BookingRecord> {
  const { callerId, eventId, bookingId } = input;
  return submitForBooking(ctx, eventId, { command: { kind: 'cancel', bookingId, callerId }, choice: null });
}
