import { SEATS } from './arena.ts';

/** Gives the seat that the next caller asks for. */
export type SeatSource = () => number;

/** Every seat once, scattered over the hall: a step that shares no factor with their number visits them all. */
export function distinctSeats(): SeatSource {
  const step = 38_197;
  let seat = 0;
  let given = 0;
  return () => {
    if (++given > SEATS) throw new Error(`all ${SEATS} seats were asked for: measure for a shorter time`);
    seat = (seat + step) % SEATS;
    return seat;
  };
}

export function sameSeat(): SeatSource {
  return () => 4_711;
}

/** The seat of rank r is asked for in proportion to 1/r. Ranks are scattered over the hall as `distinctSeats` are. */
export function zipfSeats(random: () => number): SeatSource {
  const sums = new Float64Array(SEATS);
  let sum = 0;
  for (let rank = 0; rank < SEATS; rank++) sums[rank] = sum += 1 / (rank + 1);
  return () => (firstAtLeast(sums, random() * sum) * 38_197) % SEATS;
}

function firstAtLeast(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same numbers in each run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
