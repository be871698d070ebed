import { InvalidInputError } from '../../platform/errors.ts';
import { submit, type BookingContext } from './submit.ts';

/** Maximum number of seats that one call blocks or unblocks. */
export const SEATS_PER_BLOCK_MAX = 1_000;

export interface BlockSeatsInput {
  readonly organizerId: string;
  readonly eventId: number;
  readonly seats: readonly number[];
}

/**
 * Takes seats off sale, all or none. Blocked seats stay blocked. Locks the seats.
 *
 * @throws {SelloutError} SeatsUnavailable for held and booked seats, NotFound, InvalidInput, Busy, ReadOnly.
 */
export function blockSeats(ctx: BookingContext, input: BlockSeatsInput): Promise<void> {
  return changeBlocking(ctx, 'block', input);
}

/**
 * Puts blocked seats back on sale, all or none. Seats that are on sale stay so. Locks the seats.
 *
 * @throws {SelloutError} the same errors as blockSeats.
 */
export function unblockSeats(ctx: BookingContext, input: BlockSeatsInput): Promise<void> {
  return changeBlocking(ctx, 'unblock', input);
}

async function changeBlocking(
  ctx: BookingContext,
  kind: 'block' | 'unblock',
  input: BlockSeatsInput,
): Promise<void> {
  const seats = [...new Set(input.seats)].sort((a, b) => a - b);
  checkBlockedSeats(seats);
  await submit(ctx, input.eventId, {
    command: { kind, organizerId: input.organizerId, seats },
    choice: null,
  });
}

/** @throws {InvalidInputError} for no seats or too many. */
export function checkBlockedSeats(seats: readonly number[]): void {
  if (seats.length < 1 || seats.length > SEATS_PER_BLOCK_MAX) {
    throw new InvalidInputError(
      'seatIds',
      `seatIds must contain 1 to ${SEATS_PER_BLOCK_MAX} seats, not ${seats.length}.`,
    );
  }
}
