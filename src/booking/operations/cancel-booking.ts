import type { BookingRecord } from '../rules/model.ts';
import { submitForBooking, type BookingContext } from './submit.ts';

export interface CancelBookingInput {
  /** The buyer, or the event's organizer. */
  readonly callerId: string;
  readonly eventId: number;
  readonly bookingId: string;
}

/**
 * Undoes a confirmed booking; its seats go back on sale. A booking that is CANCELED already is the answer, unchanged.
 * Locks the booking's seats.
 *
 * @throws {SelloutError} NotFound (also for a booking that is neither the caller's nor at an event of theirs),
 *   BookingState, CancellationRefused (a buyer's, where the event leaves it to its organizer), Busy, ReadOnly.
 */
export function cancelBooking(ctx: BookingContext, input: CancelBookingInput): Promise<BookingRecord> {
  const { callerId, eventId, bookingId } = input;
  return submitForBooking(ctx, eventId, { command: { kind: 'cancel', bookingId, callerId }, choice: null });
}
