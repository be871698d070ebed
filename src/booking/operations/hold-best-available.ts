import { InvalidInputError } from '../../platform/errors.ts';
import { uuidV7 } from '../../platform/uuid.ts';
import { SEATS_PER_HOLD_MAX } from './hold-seats.ts';
import { idempotencyKey } from './idempotency-key.ts';
import type { BookingRecord } from '../rules/model.ts';
import { submitForBooking, type BookingContext } from './submit.ts';

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
 * Holds the best seats that are free, as `chooseSeats` in seating/ says which: chosen from what is free now, decided
 * under the lock, and chosen anew where somebody was quicker.
 *
 * @throws {SelloutError} as holdSeats does; SeatsUnavailable (with no seats) where there are too few.
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
      key: idempotencyKey('holdBestAvailable', input.idempotencyKey, { quantity, section, tierIndex }),
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
