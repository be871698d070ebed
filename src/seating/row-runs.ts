import type { VenueLayout } from './venue-layouts.ts';

/** Seats `first` to `last` of one row, side by side, with no aisle between. */
export interface RowRun {
  readonly first: number;
  readonly last: number;
}

/** Two seats of a row this many times further apart than the row's usual pitch have an aisle between them. */
const AISLE_FACTOR = 1.5;

const known = new WeakMap<VenueLayout, readonly RowRun[]>();

/** The unbroken stretches of all rows, in index order. Worked out once a layout. */
export function rowRuns(layout: VenueLayout): readonly RowRun[] {
  let runs = known.get(layout);
  if (runs === undefined) known.set(layout, (runs = findRuns(layout)));
  return runs;
}

function findRuns(layout: VenueLayout): RowRun[] {
  const runs: RowRun[] = [];
  for (const row of rows(layout)) {
    const gaps: number[] = [];
    for (let seat = row.first; seat < row.last; seat++) gaps.push(gapAfter(layout, seat));
    const pitch = gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? 0;
    let first = row.first;
    for (let seat = row.first; seat < row.last; seat++) {
      if (gapAfter(layout, seat) <= pitch * AISLE_FACTOR) continue;
      runs.push({ first, last: seat });
      first = seat + 1;
    }
    runs.push({ first, last: row.last });
  }
  return runs;
}

/** Rows are contiguous in index order, as they are in the plan. */
function rows(layout: VenueLayout): RowRun[] {
  const found: RowRun[] = [];
  let first = 0;
  for (let seat = 1; seat <= layout.seatCount; seat++) {
    const same =
      seat < layout.seatCount &&
      layout.row[seat] === layout.row[first] &&
      layout.section[seat] === layout.section[first];
    if (same) continue;
    found.push({ first, last: seat - 1 });
    first = seat;
  }
  return found;
}

function gapAfter(layout: VenueLayout, seat: number): number {
  return Math.hypot(
    (layout.x[seat + 1] ?? 0) - (layout.x[seat] ?? 0),
    (layout.y[seat + 1] ?? 0) - (layout.y[seat] ?? 0),
  );
}
