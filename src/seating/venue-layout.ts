import type { Focus } from './front.ts';
import { findRuns, type RowRun, type VenueSeats } from './row-runs.ts';

/**
 * What choosing seats needs to know of a venue, worked out: some thirty bytes a seat, in typed arrays, which pass from one
 * thread to another without being copied. Arrays are in index order. Immutable.
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
  /** Of each seat, the place of its run in `runs`. */
  readonly run: Uint32Array;
  /** All seats, the nearest to the front first. */
  readonly nearestFirst: Uint32Array;
  readonly runs: RunColumns;
  /** The runs by distance from the front. */
  readonly runsFromFront: RankedRuns;
}

/** The unbroken stretches of all rows, in index order, with the rectangle around each. */
export interface RunColumns {
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

/** Takes a tenth of a second for 80,000 seats: for a thread of its own. */
export function layOutVenue(seats: VenueSeats, front: Focus): VenueLayout {
  const seatCount = seats.section.length;
  const sections = [...new Set(seats.section)];
  const places = new Map(sections.map((name, place) => [name, place]));
  const found = findRuns(seats);
  const runs = runColumns(found, seats);
  const run = new Uint32Array(seatCount);
  for (const [place, { first, last }] of found.entries()) run.fill(place, first, last + 1);
  const distances = seats.x.map((x, seat) => Math.hypot(x - front.x, (seats.y[seat] ?? 0) - front.y));
  return {
    front,
    seatCount,
    sections,
    section: Uint16Array.from(seats.section, (name) => places.get(name) ?? 0),
    category: Uint8Array.from(seats.category),
    x: Float64Array.from(seats.x),
    y: Float64Array.from(seats.y),
    run,
    nearestFirst: ascending(distances),
    runs,
    runsFromFront: rankRuns(runs, front),
  };
}

/** The runs by their distance from a point; ties go to the lower index. */
export function rankRuns({ left, right, top, bottom }: RunColumns, focus: Focus): RankedRuns {
  const atLeast = new Float64Array(left.length);
  for (let run = 0; run < atLeast.length; run++) {
    const dx = Math.max((left[run] ?? 0) - focus.x, 0, focus.x - (right[run] ?? 0));
    const dy = Math.max((top[run] ?? 0) - focus.y, 0, focus.y - (bottom[run] ?? 0));
    atLeast[run] = Math.hypot(dx, dy);
  }
  return { atLeast, nearestFirst: ascending(atLeast) };
}

function ascending(values: ArrayLike<number>): Uint32Array {
  const order = Uint32Array.from({ length: values.length }, (_, index) => index);
  return order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
}

function runColumns(runs: readonly RowRun[], { x, y }: VenueSeats): RunColumns {
  return {
    first: Uint32Array.from(runs, ({ first }) => first),
    last: Uint32Array.from(runs, ({ last }) => last),
    left: Float64Array.from(runs, (run) => extreme(x, run, Math.min)),
    right: Float64Array.from(runs, (run) => extreme(x, run, Math.max)),
    top: Float64Array.from(runs, (run) => extreme(y, run, Math.min)),
    bottom: Float64Array.from(runs, (run) => extreme(y, run, Math.max)),
  };
}

function extreme(
  values: readonly number[],
  { first, last }: RowRun,
  of: (a: number, b: number) => number,
): number {
  let found = values[first] ?? 0;
  for (let seat = first + 1; seat <= last; seat++) found = of(found, values[seat] ?? 0);
  return found;
}
