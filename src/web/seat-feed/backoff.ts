const FIRST_MS = 500;
export const BACKOFF_MAX_MS = 30_000;

/**
 * Returns a random delay before the next attempt, below a bound that doubles with each failure up to 30 s. The full jitter
 * spreads the reconnects of browsers that lost a server at the same moment.
 */
export function getBackoffMs(failures: number, random: () => number): number {
  return Math.round(Math.min(BACKOFF_MAX_MS, FIRST_MS * 2 ** Math.min(failures, 16)) * random());
}
