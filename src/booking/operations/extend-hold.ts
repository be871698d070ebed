import type { BookingRecord } from '../rules/model.ts';
import { submitForBooking, type BookingContext } from './submit.ts';

export interface ExtendHoldInput {
  readonly buyerId: string;
  readonly eventId: number;
  readonly bookingId: string;
}

/**
 * Puts a hold's deadline off, once, by as much as the event says and never past the hold's longest life. Locks the
 * booking's seats.
 *
 * @throws {SelloutError} NotFound (also for somebody else's), HoldExpired, BookingState, EventNotOnSale,
 *   ExtensionRefused, Busy, ReadOnly.
 */
export function extendHold(ctx: BookingContext, input: ExtendHoldInput): Promise<BookingRecord> {
  const { buyerId, eventId, bookingId } = input;
  return submitForBooking(ctx, eventId, { command: { kind: 'extend', bookingId, buyerId }, choice: null });
}
