import { checkSeats } from './hold-seats.ts';
import type { BookingRecord } from '../rules/model.ts';
import { submitForChosenSeats, type BookingContext } from './submit.ts';

export interface ChangeSeatsInput {
  readonly buyerId: string;
  readonly eventId: number;
  readonly bookingId: string;
  /** All seats of the hold after the change, by index. */
  readonly seats: readonly number[];
  readonly isAdmitted?: boolean;
}

/**
 * Replaces the seats of a hold, all or none; its deadline stays. Locks the buyer's row, the hold's seats and the new ones.
 *
 * @throws {SelloutError} InvalidInput, NotFound (also for another buyer's hold), HoldExpired, BookingState, EventNotOnSale,
 *   SeatsUnavailable, SeatLimitExceeded, OrphanSeats, AdmissionRequired, Busy, ReadOnly.
 */
export async function changeSeats(ctx: BookingContext, input: ChangeSeatsInput): Promise<BookingRecord> {
  const { buyerId, eventId, bookingId } = input;
  checkSeats(input.seats);
  const seats = [...input.seats].sort((a, b) => a - b);
  return submitForChosenSeats(ctx, eventId, seats, {
    command: { kind: 'change', bookingId, buyerId, seats, isAdmitted: input.isAdmitted ?? false },
    choice: null,
  });
}
