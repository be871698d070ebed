import type { Random } from '../../../test/torture/random.ts';

/** Draws from the log-normal distribution: half of the values are below the median, and few are far above it. */
export function drawLogNormal(random: Random, median: number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return median * Math.exp(sigma * normal);
}

export function drawExponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random.next());
}

/** Returns a value up to a share above or below the given one. */
export function jitter(random: Random, value: number, share = 0.3): number {
  return value * (1 - share + 2 * share * random.next());
}
