import { SEATS } from '../arena.ts';

/** Returns the seat that the next caller requests. */
export type SeatSource = () => number;

/** Returns every seat once, scattered over the venue. The step is coprime to the number of seats, of which 2 and 5 are the factors. */
export function distinctSeats(seats = SEATS): SeatSource {
  const step = 38_197;
  let seat = 0;
  let given = 0;
  return () => {
    if (++given > seats) throw new Error(`All ${seats} seats were requested. Run for a shorter time.`);
    seat = (seat + step) % seats;
    return seat;
  };
}

export function sameSeat(): SeatSource {
  return () => 4_711;
}

/** Returns the seat of rank r with a probability proportional to 1/r. Ranks are scattered as in `distinctSeats`. */
export function zipfSeats(random: () => number): SeatSource {
  const sums = new Float64Array(SEATS);
  let sum = 0;
  for (let rank = 0; rank < SEATS; rank++) sums[rank] = sum += 1 / (rank + 1);
  return () => (findFirstAtLeast(sums, random() * sum) * 38_197) % SEATS;
}

function findFirstAtLeast(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns a seeded random generator (mulberry32), so that each run uses the same numbers. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
