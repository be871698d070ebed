import type { ChaosResult } from './chaos-result.ts';

/** Every kind of fault must have happened. */
const KINDS = [
  'API killed',
  'Redis flushed',
  'Redis killed and started again',
  'connections lost',
  'line goes dead',
  'pub/sub connections killed',
  'publishing delayed',
  'sockets paused',
];
/**
 * Far below what two cores achieve, 26 to 82, and less than half of what they achieved while sixteen processes competed
 * for them.
 */
const VERSIONS_A_SECOND_MIN = 3;
const MIB = 1024 * 1024;

/** Minimum length of a run whose memory is judged. Caches are full and code is loaded after a quarter of a minute. */
const MEMORY_SECONDS_MIN = 60;
/**
 * From the second quarter to the last. In runs of a minute, objects grow by at most 0.3 MiB, because some are first
 * needed late. Between the middles of these quarters, such a run has about 25,000 frames, 1,000 versions and 200
 * connections on the node. This finds a leak of 85 bytes per frame, 2 KiB per version or 10 KiB per connection; in ten
 * minutes, a tenth of that.
 */
const OBJECTS_GROWTH_MAX = 2 * MIB;
/**
 * Coarser, because a small buffer keeps the 64 KiB slab that Node cut it from. The figure grows with the number of open
 * connections and with how far apart they were opened. This finds a leak of 30 KiB per connection.
 */
const BUFFERS_GROWTH_MAX = 6 * MIB;

/**
 * Returns what was missing from a run or exceeded a limit. A run that proves nothing is as wrong as one that finds a
 * bug.
 */
export function judgeRun(run: Omit<ChaosResult, 'breaches'>): string[] {
  const { faults, version, seconds, resumed, skipped, memory } = run;
  const verdict = KINDS.filter((kind) => !faults.has(kind)).map((kind) => `it never happened: ${kind}`);
  const versions = VERSIONS_A_SECOND_MIN * seconds;
  if (!(version > versions)) verdict.push(`too few bookings: version ${version} is not above ${versions}`);
  if (!(resumed > 0)) verdict.push('no subscription was resumed');
  if (!(skipped > 0)) verdict.push('no slow consumer was skipped');
  if (seconds < MEMORY_SECONDS_MIN) return verdict;
  const [, before, , after] = memory;
  for (const [what, growthMax] of [
    ['objects', OBJECTS_GROWTH_MAX],
    ['buffers', BUFFERS_GROWTH_MAX],
  ] as const) {
    const growth = (after?.[what] ?? Number.NaN) - (before?.[what] ?? Number.NaN);
    if (!(growth <= growthMax))
      verdict.push(`memory for ${what} grew by ${toMib(growth)} MiB from the second quarter to the last`);
  }
  return verdict;
}

export const toMib = (bytes: number) => (bytes / MIB).toFixed(1);
