import { findRuns, type VenueSeats } from '../rows/row-runs.ts';
import { findFront, type Focus } from './front.ts';
import type { SeatSlice, VenueColumns } from './venue-columns.sql.ts';

/**
 * The geometry of a venue, precomputed for choosing seats: about 40 bytes per seat, in typed arrays, which can be
 * transferred between threads. Arrays are in index order unless noted otherwise. Immutable.
 *
 * A seat's place is its position in the list of all runs, each from one end to the other. So adjacent seats have adjacent
 * places. Places depend on geometry only, indexes on the order of the plan's file.
 */
export interface VenueLayout {
  /** The point that the seats face. */
  readonly front: Focus;
  readonly seatCount: number;
  /** The distinct names of the sections. */
  readonly sections: readonly string[];
  /** The position of each seat's section in `sections`. */
  readonly section: Uint16Array;
  readonly category: Uint8Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** The seat at each place. */
  readonly order: Uint32Array;
  /** The place of each seat. */
  readonly place: Uint32Array;
  /** The position of each seat's run in `runs`. */
  readonly run: Uint32Array;
  /** All seats by distance from the front, ascending. */
  readonly nearestFirst: Uint32Array;
  readonly runs: RunColumns;
  /** The runs by distance from the front. */
  readonly runsFromFront: RankedRuns;
}

/** The runs of all rows: adjacent seats without an aisle between them. `left` to `bottom` are their bounding boxes. */
export interface RunColumns {
  /** The place of the first seat of each run. */
  readonly first: Uint32Array;
  readonly last: Uint32Array;
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly top: Float64Array;
  readonly bottom: Float64Array;
}

export interface RankedRuns {
  /** Lower bound for the distance of each run's seats. */
  readonly atLeast: Float64Array;
  /** The runs by this bound, ascending. */
  readonly nearestFirst: Uint32Array;
}

/** Computes the layout of a venue. For 80,000 seats, this parses 2 MB of JSON and takes 250 ms: use a worker thread. */
export function computeVenueLayout({ slices, width, areas }: VenueColumns): VenueLayout {
  const column = <T>(name: keyof SeatSlice) => slices.flatMap((slice) => JSON.parse(slice[name]) as T[]);
  const seats = {
    guid: column<string>('guid'),
    section: column<string>('section'),
    row: column<string>('row'),
    category: column<number>('category'),
    x: column<number>('x'),
    y: column<number>('y'),
  };
  return computeLayout(seats, findFront(width, areas));
}

export function computeLayout(seats: VenueSeats, front: Focus): VenueLayout {
  const seatCount = seats.section.length;
  const sections = [...new Set(seats.section)];
  const places = new Map(sections.map((name, place) => [name, place]));
  const found = findRuns(seats, rankSeats(seats));
  const runs = measureRuns(found, seats);
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
    nearestFirst: sortIndexes(distances, place), // guard: seats-in-any-file-order
    runs,
    runsFromFront: rankRuns(runs, front),
  };
}

/**
 * Ranks seats from top to bottom, then from left to right, then by guid. The rank breaks all ties, so that the result does
 * not depend on the order of the plan's file.
 */
function rankSeats({ guid, x, y }: VenueSeats): Uint32Array {
  const byRank = Uint32Array.from(x, (_, seat) => seat).sort(
    (a, b) => (y[a] ?? 0) - (y[b] ?? 0) || (x[a] ?? 0) - (x[b] ?? 0) || compareTexts(guid[a], guid[b]),
  );
  const ranks = new Uint32Array(byRank.length);
  for (const [rank, seat] of byRank.entries()) ranks[seat] = rank;
  return ranks;
}

function compareTexts(a = '', b = ''): number {
  return a < b ? -1 : Number(a > b); // guard: equal-places-in-any-file-order
}

/** Ranks runs by their distance from a point. Ties go to the first run. */
export function rankRuns({ left, right, top, bottom }: RunColumns, focus: Focus): RankedRuns {
  const atLeast = new Float64Array(left.length);
  for (let run = 0; run < atLeast.length; run++) {
    const dx = Math.max((left[run] ?? 0) - focus.x, 0, focus.x - (right[run] ?? 0));
    const dy = Math.max((top[run] ?? 0) - focus.y, 0, focus.y - (bottom[run] ?? 0));
    atLeast[run] = Math.hypot(dx, dy);
  }
  return { atLeast, nearestFirst: sortIndexes(atLeast) };
}

/** Returns the indexes in ascending order of their values. Ties go to the lower place, or else to the lower index. */
function sortIndexes(values: ArrayLike<number>, places?: Uint32Array): Uint32Array {
  const order = Uint32Array.from({ length: values.length }, (_, index) => index);
  const place = (index: number) => places?.[index] ?? index;
  return order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || place(a) - place(b));
}

function measureRuns(runs: readonly (readonly number[])[], { x, y }: VenueSeats): RunColumns {
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
