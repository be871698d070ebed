import type { ChaosResult } from './chaos-result.ts';
import type { Memory } from './memory.ts';
import { toMib } from './verdict.ts';

/** Returns the report of a run. */
export function formatReport(result: ChaosResult): string {
  const { breaches, memory, catchUps, faults, requests } = result;
  const bookings = [...requests].reduce(
    (sum, [outcome, n]) => sum + (outcome.endsWith(' Booking') ? n : 0),
    0,
  );
  const mib = (what: keyof Memory) => memory.map((least) => toMib(least[what])).join(', ');
  return [
    `  ${bookings} successful requests, of them ${result.confirmed} confirmations; version ${result.version}; ${result.messages} messages to pages, ${result.snapshots} of them snapshots`,
    `  ${result.connections} connections, ${result.resumed} resumed subscriptions, ${result.skipped} slow consumers skipped; all maps correct ${(result.rightAfterMs / 1_000).toFixed(1)} s after the last fault`,
    `  memory of the node that was never killed, minimum in each quarter: objects ${mib('objects')} MiB, buffers ${mib('buffers')} MiB`,
    ...[...faults].map(([kind, count]) => `  ${count} × ${kind}${caughtUp(catchUps.get(kind) ?? [])}`),
    ...breaches.slice(0, 20).map((breach) => `  BREACH: ${breach}`),
    breaches.length === 0 ? '  no breach' : `  ${breaches.length} BREACHES`,
  ].join('\n');
}

function caughtUp(times: readonly number[]): string {
  if (times.length === 0) return '';
  const sorted = [...times].sort((a, b) => a - b).map((ms) => (ms / 1_000).toFixed(2));
  const median = sorted[Math.floor(sorted.length / 2)];
  return `; all reading pages were up to date after ${median} s (median), ${sorted.at(-1)} s (maximum)`;
}
