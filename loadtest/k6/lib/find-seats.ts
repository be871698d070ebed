import { b64decode } from 'k6/encoding';
import { plan } from './plan.ts';
import { randomBelow } from './random.ts';

const SEARCHED_SEATS_MAX = 2_000;

/**
 * Returns consecutive seats whose status fits, from a random place of the map, or null if none are found.
 *
 * @param states SeatStates, as in the schema: two bits per seat.
 */
export function findSeats(states: string, count: number, fits: (status: number) => boolean): number[] | null {
  const packed = new Uint8Array(b64decode(states));
  const statusOf = (seat: number) => ((packed[seat >> 2] ?? 0) >> (2 * (seat & 3))) & 3;
  const start = randomBelow(plan.seatCount);
  let run: number[] = [];
  for (let step = 0; step < Math.min(plan.seatCount, SEARCHED_SEATS_MAX); step++) {
    const seat = (start + step) % plan.seatCount;
    if (seat === 0) run = [];
    run = fits(statusOf(seat)) ? [...run, seat] : [];
    if (run.length === count) return run;
  }
  return null;
}

/** Returns consecutive free seats: as many as wanted, or the most that are free beside each other. */
export function findFreeSeats(states: string, wanted: number): number[] | null {
  for (let count = wanted; count > 0; count--) {
    const seats = findSeats(states, count, (status) => status === 0);
    if (seats !== null) return seats;
  }
  return null;
}
