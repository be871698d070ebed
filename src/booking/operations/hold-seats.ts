import { InvalidInputError } from '../../platform/errors.ts';
import { uuidV7 } from '../../platform/ids.ts';
import type { BookingRecord, Key } from '../rules/model.ts';
import { hashKey, submitForChosenSeats, type BookingContext, type HoldSubmission } from './submit.ts';

/** Maximum number of seats in one hold. An event's seatLimit can be lower. */
export const SEATS_PER_HOLD_MAX = 10;

export interface HoldSeatsInput {
  readonly buyerId: string;
  readonly eventId: number;
  /** Seat indexes of the event. */
  readonly seats: readonly number[];
  readonly idempotencyKey: string | null;
  /** True if the caller sent a valid admission. The batch decides whether one is needed. */
  readonly isAdmitted?: boolean;
  readonly onConflict: 'FAIL' | 'BEST_ALTERNATIVE';
}

/**
 * Holds all of the seats or none, for the event's hold time. Decided by rules/decide-hold.ts, in a batch of the event's
 * group commit that locks the buyer's row and the seats.
 *
 * @throws {SelloutError} InvalidInput, NotFound, EventNotOnSale, SeatLimitExceeded, SeatsUnavailable, OrphanSeats,
 *   AdmissionRequired, IdempotencyConflict, Busy, ReadOnly.
 */
export async function holdSeats(ctx: BookingContext, input: HoldSeatsInput): Promise<BookingRecord> {
  checkSeats(input.seats);
  const seats = sortSeats(input.seats);
  const { idempotencyKey, onConflict } = input;
  const key = idempotencyKey === null ? null : hashSeatsKey(idempotencyKey, { seats, onConflict });
  return submitForChosenSeats(ctx, input.eventId, seats, toSeatsHold({ ...input, seats, key }));
}

/** Returns seats in the order in which commands name them, and idempotency keys hash them. */
export function sortSeats(seats: readonly number[]): readonly number[] {
  return [...seats].sort((a, b) => a - b);
}

/** @throws {InvalidInputError} for an idempotency key that is empty or too long. */
export function hashSeatsKey(
  idempotencyKey: string,
  { seats, onConflict }: Pick<HoldSeatsInput, 'seats' | 'onConflict'>,
): Key {
  return hashKey('holdSeats', idempotencyKey, { seats, onConflict });
}

/** Returns the hold of sorted seats for the group commit. */
export function toSeatsHold({
  buyerId,
  seats,
  onConflict,
  key,
  isAdmitted = false,
}: SeatsHold): HoldSubmission {
  const alternative = { quantity: seats.length, section: null, tiers: null, near: seats };
  return {
    command: {
      kind: 'hold',
      bookingId: uuidV7(),
      buyerId,
      named: seats,
      quantity: seats.length,
      chosen: null,
      key,
      isAdmitted,
    },
    choice: onConflict === 'FAIL' ? null : { when: 'onConflict', seats: alternative },
  };
}

type SeatsHold = Pick<HoldSeatsInput, 'buyerId' | 'seats' | 'onConflict' | 'isAdmitted'> & {
  readonly key: Key | null;
};

/** @throws {InvalidInputError} for no seats, too many, or a duplicate. */
export function checkSeats(seats: readonly number[]): void {
  if (seats.length < 1 || seats.length > SEATS_PER_HOLD_MAX) {
    throw new InvalidInputError(
      'seatIds',
      `seatIds must contain 1 to ${SEATS_PER_HOLD_MAX} seats, not ${seats.length}.`,
    );
  }
  const repeated = seats.findIndex((seat, i) => seats.indexOf(seat) !== i);
  if (repeated >= 0)
    throw new InvalidInputError('seatIds', `seatIds[${repeated}] is a duplicate. List each seat once.`);
}
