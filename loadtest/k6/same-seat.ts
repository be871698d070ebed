// Thousands of buyers want the same seat at the same time. One gets it and confirms; all others are refused.
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';
import { holdSeats, mutate } from './lib/api.ts';
import { createOptions, openModel } from './lib/options.ts';
import { plan, seatAt, tokenOf } from './lib/plan.ts';

export { handleSummary } from './lib/summary.ts';

const holdsWon = new Counter('holds_won');
const bookingsConfirmed = new Counter('bookings_confirmed');

export const options = createOptions(
  // One second more, because k6 starts the last arrivals late on a busy machine.
  { rush: { ...openModel('rush'), duration: `${plan.seconds + 1}s` } },
  {
    'outcomes{operation:holdSeats}': [`count==${plan.buyers}`],
    holds_won: ['count==1'],
    bookings_confirmed: ['count==1'],
  },
);

export function rush(): void {
  const buyer = exec.scenario.iterationInTest;
  if (buyer >= plan.buyers) return;
  const token = tokenOf(buyer);
  const { id } = holdSeats([seatAt(plan.freeSeats >> 1)], token);
  if (id === undefined) return;
  holdsWon.add(1);
  const { status } = mutate('confirmBooking', { bookingId: id }, token);
  if (status === 'CONFIRMED') bookingsConfirmed.add(1);
}
