// Two storms of holds. First every request wants another seat, and all succeed. Then popular seats are wanted by many,
// with Zipf's distribution, and half of the winners release their seats again.
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';
import { holdSeats, mutate } from './lib/api.ts';
import { createOptions, openModel } from './lib/options.ts';
import { plan, seatAt, tokenOf } from './lib/plan.ts';
import { createZipf, randomBelow } from './lib/random.ts';

export { handleSummary } from './lib/summary.ts';

const distinctRefused = new Counter('distinct_refused');
const holdsWon = new Counter('holds_won');

export const options = createOptions(
  {
    distinct: openModel('distinct'),
    zipf: openModel('zipf', `${plan.seconds + 2}s`),
  },
  { distinct_refused: ['count==0'] },
);

/** Seats of one request in the second storm. */
const SEATS_MAX = 4;

/** The first half of the free seats belongs to the first storm, the rest to the second. */
const half = plan.freeSeats >> 1;
const drawRank = createZipf(plan.freeSeats - half - SEATS_MAX);

export function distinct(): void {
  const turn = exec.scenario.iterationInTest;
  const { id } = holdSeats([seatAt(turn % half)], tokenOf(turn));
  if (id === undefined) distinctRefused.add(1);
  else holdsWon.add(1);
}

export function zipf(): void {
  const token = tokenOf(exec.scenario.iterationInTest);
  const first = half + drawRank();
  const seats = Array.from({ length: 1 + randomBelow(SEATS_MAX) }, (_, i) => seatAt(first + i));
  const { id } = holdSeats(seats, token);
  if (id === undefined) return;
  holdsWon.add(1);
  if (Math.random() < 0.5) mutate('releaseBooking', { bookingId: id }, token);
}
