import type { Random } from '../../../test/torture/random.ts';
import type { Hall } from '../sale/hall.ts';
import { drawExponential } from './draws.ts';

/** Seats that are tried before a client gives up: all of the hall, at most this many. */
const SEARCHED_SEATS_MAX = 3_000;
/** Mean distance from the stage at which clients begin to look, as a share of the hall. Most want the best seats. */
const MEAN_START = 0.25;

/**
 * Returns adjacent seats that look free on a map of the given age, or null if there are none. Two clients who look at the
 * same time often choose the same seats.
 */
export function chooseSeats(hall: Hall, random: Random, count: number, mapAgeMs: number): number[] | null {
  if (hall.looksFull(mapAgeMs)) return null;
  const { seatsTotal, rowLength } = hall;
  const start = Math.floor(drawExponential(random, MEAN_START * seatsTotal)) % seatsTotal;
  let run: number[] = [];
  for (let step = 0; step < Math.min(seatsTotal, SEARCHED_SEATS_MAX); step++) {
    const seat = (start + step) % seatsTotal;
    if (seat % rowLength === 0) run = [];
    if (hall.looksFree(seat, mapAgeMs)) run.push(seat);
    else run = [];
    if (run.length === count) return run;
  }
  return null;
}
