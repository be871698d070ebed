const FIRST_MS = 500;
export const BACKOFF_MAX_MS = 30_000;

/**
 * How long to wait before the try after so many failures: anything between nothing and a bound that doubles, up to half a
 * minute. All browsers lose a server at the same moment; that they come back at different ones is what the chance is for.
 */
export function backoffMs(failures: number, random: () => number): number {
  return Math.round(Math.min(BACKOFF_MAX_MS, FIRST_MS * 2 ** Math.min(failures, 16)) * random());
}
