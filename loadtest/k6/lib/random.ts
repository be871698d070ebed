/** Returns a whole number from 0 to `below` - 1. */
export function randomBelow(below: number): number {
  return Math.floor(Math.random() * below);
}

/**
 * Returns a function that draws ranks from 0 to `count` - 1 with Zipf's distribution: rank r is drawn in proportion to
 * 1 / (r + 1).
 */
export function createZipf(count: number): () => number {
  const sums: number[] = [];
  let sum = 0;
  for (let rank = 0; rank < count; rank++) sums.push((sum += 1 / (rank + 1)));
  return () => {
    const drawn = Math.random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > drawn) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** Returns a pause around a mean: from half of it to one and a half times. */
export function around(mean: number): number {
  return mean * (0.5 + Math.random());
}
