import { InvalidInputError } from '../../platform/errors.ts';
import { uuidV7 } from '../../platform/ids.ts';
import { SEATS_PER_HOLD_MAX } from './hold-seats.ts';
import type { BookingRecord, Key } from '../rules/model.ts';
import { hashKey, submitForBooking, type BookingContext, type HoldSubmission } from './submit.ts';

export interface HoldBestAvailableInput {
  readonly buyerId: string;
  readonly eventId: number;
  readonly quantity: number;
  readonly section: string | null;
  /** Index of a price tier of the event. */
  readonly tierIndex: number | null;
  readonly idempotencyKey: string | null;
  readonly isAdmitted?: boolean;
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
  checkQuantity(input.quantity);
  const { idempotencyKey } = input;
  const key = idempotencyKey === null ? null : hashBestKey(idempotencyKey, input);
  return submitForBooking(ctx, input.eventId, toBestHold({ ...input, key }));
}

/** @throws {InvalidInputError} for an idempotency key that is empty or too long. */
export function hashBestKey(
  idempotencyKey: string,
  { quantity, section, tierIndex }: Pick<HoldBestAvailableInput, 'quantity' | 'section' | 'tierIndex'>,
): Key {
  return hashKey('holdBestAvailable', idempotencyKey, { quantity, section, tierIndex });
}

/** Returns the hold for the group commit. */
export function toBestHold({
  buyerId,
  quantity,
  section,
  tierIndex,
  key,
  isAdmitted = false,
}: BestHold): HoldSubmission {
  const tiers = tierIndex === null ? null : [tierIndex];
  return {
    command: { kind: 'hold', bookingId: uuidV7(), buyerId, named: [], quantity, chosen: [], key, isAdmitted },
    choice: { when: 'always', seats: { quantity, section, tiers, near: [] } },
  };
}

type BestHold = Omit<HoldBestAvailableInput, 'eventId' | 'idempotencyKey'> & { readonly key: Key | null };

/** @throws {InvalidInputError} */
export function checkQuantity(quantity: number): void {
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > SEATS_PER_HOLD_MAX) {
    throw new InvalidInputError('quantity', `quantity must be 1 to ${SEATS_PER_HOLD_MAX}, not ${quantity}.`);
  }
}
