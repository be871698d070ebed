import type { BookingRecord } from '../rules/model.ts';
import { submitForBooking, type BookingContext } from './submit.ts';

export interface ExtendHoldInput {
  readonly buyerId: string;
  readonly eventId: number;
  readonly bookingId: string;
}

/**
 * Extends a hold's deadline once, by the event's extension, up to the hold's maximum lifetime. Locks the booking's seats.
 *
 * @throws {SelloutError} NotFound (also for another buyer's hold), HoldExpired, BookingState, EventNotOnSale,
 *   ExtensionRefused, Busy, ReadOnly.
 */
export function extendHold(ctx: BookingContext, input: ExtendHoldInput): Promise<BookingRecord> {
  const { buyerId, eventId, bookingId } = input;
  return submitForBooking(ctx, eventId, { command: { kind: 'extend', bookingId, buyerId }, choice: null });
}
