import { InvalidInputError } from '../../platform/errors.ts';
import { uuidV7 } from '../../platform/ids.ts';
import { SEATS_PER_HOLD_MAX } from './hold-seats.ts';
import type { BookingRecord } from '../rules/model.ts';
import { hashKey, submitForBooking, type BookingContext } from './submit.ts';

export interface HoldBestAvailableInput {
  readonly buyerId: string;
  readonly eventId: number;
  readonly quantity: number;
  readonly section: string | null;
  /** Index of a price tier of the event. */
  readonly tierIndex: number | null;
  readonly idempotencyKey: string | null;
}

/**
 * Holds the best free seats, which seating/best-available chooses. The choice is decided under the lock; if another buyer
 * was faster, the server chooses again.
 *
 * @throws {SelloutError} the same errors as holdSeats; SeatsUnavailable without seats if there are too few.
 */
export async function holdBestAvailable(
  ctx: BookingContext,
  input: HoldBestAvailableInput,
): Promise<BookingRecord> {
  const { quantity, section, tierIndex } = input;
  checkQuantity(quantity);
  const tiers = tierIndex === null ? null : [tierIndex];
  return submitForBooking(ctx, input.eventId, {
    command: {
      kind: 'hold',
      bookingId: uuidV7(),
      buyerId: input.buyerId,
      named: [],
      quantity,
      chosen: [],
      key: hashKey('holdBestAvailable', input.idempotencyKey, { quantity, section, tierIndex }),
    },
    choice: { when: 'always', seats: { quantity, section, tiers, near: [] } },
  });
}

/** @throws {InvalidInputError} */
export function checkQuantity(quantity: number): void {
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > SEATS_PER_HOLD_MAX) {
    throw new InvalidInputError('quantity', `quantity must be 1 to ${SEATS_PER_HOLD_MAX}, not ${quantity}.`);
  }
}
