const FIRST_MS = 500;
export const BACKOFF_MAX_MS = 30_000;

/**
 * Returns a random delay before the next attempt, below a bound that doubles with each failure after the second, up to 30 s.
 * The full jitter spreads the reconnects of browsers that lost a server at the same moment. The bound of the
 * second attempt is that of the first, because the first often meets a restarting balancer.
 */
export function getBackoffMs(failures: number, random: () => number): number {
  return Math.round(
    Math.min(BACKOFF_MAX_MS, FIRST_MS * 2 ** Math.min(Math.max(failures - 1, 0), 16)) * random(),
  );
}
