import { BusyError } from '../../platform/errors.ts';
import type { HeldBooking, SeatReservation } from '../../traffic/held-seats.ts';
import type { Caller } from './caller.ts';

interface HeldSeatsInput {
  readonly eventId: number;
  readonly count: number;
  /** The name of the root field. */
  readonly operation: string;
}

/**
 * Holds seats within the limit of unconfirmed seats of the client's address and network.
 *
 * @throws {RateLimitedError} before `hold` is called.
 */
export function holdWithinLimit<T extends HeldBooking>(
  { budget }: Pick<Caller, 'budget'>,
  input: HeldSeatsInput,
  hold: () => Promise<T>,
): Promise<T> {
  return withinLimit(budget, input, hold, (reservation, booking) => reservation.settle(booking));
}

/** Like `holdWithinLimit`, for a hold that gets other seats. */
export function changeWithinLimit<T extends HeldBooking>(
  { budget }: Pick<Caller, 'budget'>,
  input: HeldSeatsInput,
  change: () => Promise<T>,
): Promise<T> {
  return withinLimit(budget, input, change, (reservation, booking) => reservation.replace(booking));
}

async function withinLimit<T extends HeldBooking>(
  budget: Caller['budget'],
  { eventId, count, operation }: HeldSeatsInput,
  work: () => Promise<T>,
  onSuccess: (reservation: SeatReservation, booking: T) => void,
): Promise<T> {
  if (budget === null) return work();
  const reservation = await budget.reserveSeats(eventId, count, operation);
  let booking: T;
  try {
    booking = await work();
  } catch (error) {
    // With an unknown outcome, the seats may be held. They count until the reservation ends.
    if (!(error instanceof BusyError && error.outcomeUnknown)) reservation.giveBack();
    throw error;
  }
  onSuccess(reservation, booking);
  return booking;
}
