import type { Focus } from '../best-available/front.ts';
import { findRuns, type VenueSeats } from '../rows/row-runs.ts';
import { rankSeats } from './seat-ranks.ts';

/**
 * What choosing seats needs to know of a venue, worked out: some forty bytes a seat, in typed arrays, which pass from one
 * thread to another without being copied. Arrays are in index order unless they say otherwise. Immutable.
 *
 * Adjacent seats have adjacent places: a seat's place is where it stands in the order of all runs, each from one end to
 * the other. Places depend on geometry alone, indexes on the order of the plan's file.
 */
export interface VenueLayout {
  /** What the seats look at. */
  readonly front: Focus;
  readonly seatCount: number;
  /** The names of the sections, each once. */
  readonly sections: readonly string[];
  /** Of each seat, the place of its section in `sections`. */
  readonly section: Uint16Array;
  readonly category: Uint8Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** The seat at each place. */
  readonly order: Uint32Array;
  /** Each seat's place. */
  readonly place: Uint32Array;
  /** Of each seat, the position of its run in `runs`. */
  readonly run: Uint32Array;
  /** All seats, the nearest to the front first. */
  readonly nearestFirst: Uint32Array;
  readonly runs: RunColumns;
  /** The runs by distance from the front. */
  readonly runsFromFront: RankedRuns;
}

/** The unbroken stretches of all rows, by their places, with the rectangle around each. */
export interface RunColumns {
  /** Places, as `last`. */
  readonly first: Uint32Array;
  readonly last: Uint32Array;
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly top: Float64Array;
  readonly bottom: Float64Array;
}

export interface RankedRuns {
  /** Of each run: no seat of it is nearer than this. */
  readonly atLeast: Float64Array;
  /** The runs, the nearest first. */
  readonly nearestFirst: Uint32Array;
}

/** Takes a quarter of a second for 80,000 seats: for a thread of its own. */
export function layOutVenue(seats: VenueSeats, front: Focus): VenueLayout {
  const seatCount = seats.section.length;
  const sections = [...new Set(seats.section)];
  const places = new Map(sections.map((name, place) => [name, place]));
  const found = findRuns(seats, rankSeats(seats));
  const runs = runColumns(found, seats);
  const order = Uint32Array.from(found.flat());
  const place = new Uint32Array(seatCount);
  for (const [at, seat] of order.entries()) place[seat] = at;
  const run = new Uint32Array(seatCount);
  for (const [index, own] of found.entries()) for (const seat of own) run[seat] = index;
  const distances = seats.x.map((x, seat) => Math.hypot(x - front.x, (seats.y[seat] ?? 0) - front.y));
  return {
    front,
    seatCount,
    sections,
    section: Uint16Array.from(seats.section, (name) => places.get(name) ?? 0),
    category: Uint8Array.from(seats.category),
    x: Float64Array.from(seats.x),
    y: Float64Array.from(seats.y),
    order,
    place,
    run,
    nearestFirst: ascending(distances, place), // guard: seats-in-any-file-order
    runs,
    runsFromFront: rankRuns(runs, front),
  };
}

/** The runs by their distance from a point; ties go to the first. */
export function rankRuns({ left, right, top, bottom }: RunColumns, focus: Focus): RankedRuns {
  const atLeast = new Float64Array(left.length);
  for (let run = 0; run < atLeast.length; run++) {
    const dx = Math.max((left[run] ?? 0) - focus.x, 0, focus.x - (right[run] ?? 0));
    const dy = Math.max((top[run] ?? 0) - focus.y, 0, focus.y - (bottom[run] ?? 0));
    atLeast[run] = Math.hypot(dx, dy);
  }
  return { atLeast, nearestFirst: ascending(atLeast) };
}

/** Ties go to the lower place, else to the lower index. */
function ascending(values: ArrayLike<number>, places?: Uint32Array): Uint32Array {
  const order = Uint32Array.from({ length: values.length }, (_, index) => index);
  const place = (index: number) => places?.[index] ?? index;
  return order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || place(a) - place(b));
}

function runColumns(runs: readonly (readonly number[])[], { x, y }: VenueSeats): RunColumns {
  const first = new Uint32Array(runs.length);
  const last = new Uint32Array(runs.length);
  let place = 0;
  for (const [index, { length }] of runs.entries()) {
    first[index] = place;
    place += length;
    last[index] = place - 1;
  }
  return {
    first,
    last,
    left: Float64Array.from(runs, (run) => extreme(x, run, Math.min)),
    right: Float64Array.from(runs, (run) => extreme(x, run, Math.max)),
    top: Float64Array.from(runs, (run) => extreme(y, run, Math.min)),
    bottom: Float64Array.from(runs, (run) => extreme(y, run, Math.max)),
  };
}

function extreme(
  values: readonly number[],
  run: readonly number[],
  of: (a: number, b: number) => number,
): number {
  return run.reduce((found, seat) => of(found, values[seat] ?? 0), values[run[0] ?? 0] ?? 0);
}
