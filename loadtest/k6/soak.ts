// A mix for hours: ordinary buyers, some of whom cancel, quarrels about popular seats, and watchers that reconnect.
import exec from 'k6/execution';
import { holdSeats, mutate } from './lib/api.ts';
import { visit } from './lib/buyer.ts';
import { createOptions, openModel } from './lib/options.ts';
import { plan, seatAt, tokenOf } from './lib/plan.ts';
import { createZipf } from './lib/random.ts';
import { watchMap, watcherThresholds } from './lib/sample-watcher.ts';

export { handleSummary } from './lib/summary.ts';

const WATCH_SECONDS = 20;

export const options = createOptions(
  {
    watchers: {
      executor: 'constant-vus',
      exec: 'watcher',
      vus: plan.sampleSockets,
      duration: `${plan.seconds}s`,
      gracefulStop: `${WATCH_SECONDS + 10}s`,
    },
    buyers: openModel('buyer'),
    quarrels: openModel('quarrel'),
  },
  { ...watcherThresholds, map_changes: ['count>0'], 'visits{end:confirmed}': ['count>0'] },
);

const drawRank = createZipf(plan.freeSeats);

export function watcher(): void {
  watchMap(Math.min(WATCH_SECONDS, plan.seconds));
}

export function buyer(): void {
  // Canceled seats return to the sale, so that it does not sell out.
  visit(tokenOf(exec.scenario.iterationInTest), { confirm: 0.6, release: 0.2, cancel: 0.9 });
}

export function quarrel(): void {
  const token = tokenOf(exec.scenario.iterationInTest);
  const { id } = holdSeats([seatAt(drawRank())], token);
  if (id !== undefined) mutate('releaseBooking', { bookingId: id }, token);
}
