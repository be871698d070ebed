// Bookings while many sockets watch the map. The runner opens most of the sockets; this script holds a sample.
import exec from 'k6/execution';
import { holdSeats, mutate } from './lib/api.ts';
import { createOptions, openModel } from './lib/options.ts';
import { plan, seatAt, tokenOf } from './lib/plan.ts';
import { watchMap, watcherThresholds } from './lib/sample-watcher.ts';

export { handleSummary } from './lib/summary.ts';

export const options = createOptions(
  {
    sample: {
      executor: 'per-vu-iterations',
      exec: 'watcher',
      vus: plan.sampleSockets,
      iterations: 1,
      maxDuration: `${plan.seconds + 60}s`,
    },
    bookings: openModel('booking'),
  },
  { ...watcherThresholds, map_changes: ['count>0'], 'outcomes{operation:releaseBooking}': ['count>0'] },
);

export function watcher(): void {
  watchMap(plan.seconds + 1);
}

/** Holds a seat and releases it again, so that a run of any length finds free seats. */
export function booking(): void {
  const turn = exec.scenario.iterationInTest;
  const token = tokenOf(turn);
  const { id } = holdSeats([seatAt(turn)], token);
  if (id !== undefined) mutate('releaseBooking', { bookingId: id }, token);
}
