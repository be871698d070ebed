import type { ChaosResult } from './chaos-result.ts';

/** All of them must have happened. */
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
/** Far below what two cores do, 26 to 82, and less than half of what they did with sixteen processes waiting for them. */
const VERSIONS_A_SECOND_MIN = 3;
const MIB = 1024 * 1024;

/** From here on memory is judged: caches are full, and code is loaded, by a quarter of a minute. */
const MEMORY_SECONDS_MIN = 60;
/**
 * From the second quarter to the last; in runs of a minute objects grow by 0.3 MiB at most, for what is first needed late. Such a
 * run has some 25,000 frames, 1,000 versions and 200 connections at the node between the middles of the two: found is a
 * leak of 85 bytes a frame, 2 KiB a version, 10 KiB a connection; in ten minutes a tenth of that.
 */
const OBJECTS_GROWTH_MAX = 2 * MIB;
/**
 * Coarser: a small buffer that is kept keeps the 64 KiB that Node cuts small ones from, so this goes up with the number of
 * connections that are open, and with how far apart they were opened. Found is a leak of 30 KiB a connection.
 */
const BUFFERS_GROWTH_MAX = 6 * MIB;

/** A run that proves nothing is as wrong as one that finds a fault: what was missing from it, or was too much. */
export function verdictOf(run: Omit<ChaosResult, 'breaches'>): string[] {
  const { faults, version, seconds, resumed, skipped, memory } = run;
  const verdict = KINDS.filter((kind) => !faults.has(kind)).map((kind) => `it never happened: ${kind}`);
  const versions = VERSIONS_A_SECOND_MIN * seconds;
  if (!(version > versions))
    verdict.push(`version ${version} is not above ${versions}: too little was booked`);
  if (!(resumed > 0)) verdict.push('no subscription was resumed');
  if (!(skipped > 0)) verdict.push('no reader was skipped');
  if (seconds < MEMORY_SECONDS_MIN) return verdict;
  const [, before, , after] = memory;
  for (const [what, growthMax] of [
    ['objects', OBJECTS_GROWTH_MAX],
    ['buffers', BUFFERS_GROWTH_MAX],
  ] as const) {
    const growth = (after?.[what] ?? Number.NaN) - (before?.[what] ?? Number.NaN);
    if (!(growth <= growthMax))
      verdict.push(`memory for ${what} grew by ${mibOf(growth)} MiB from the second quarter to the last`);
  }
  return verdict;
}

export const mibOf = (bytes: number) => (bytes / MIB).toFixed(1);
