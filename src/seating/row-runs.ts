/** The seats of a venue as its plan has them, column by column in index order. */
export interface VenueSeats {
  readonly section: readonly string[];
  readonly row: readonly string[];
  readonly category: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Seats `first` to `last` of one row, side by side, with no aisle between. */
export interface RowRun {
  readonly first: number;
  readonly last: number;
}

/** Two seats of a row this many times further apart than the row's usual pitch have an aisle between them. */
const AISLE_FACTOR = 1.5;

/** The unbroken stretches of all rows, in index order: every seat is in one. */
export function findRuns(seats: VenueSeats): RowRun[] {
  const runs: RowRun[] = [];
  for (const row of rows(seats)) {
    const gaps: number[] = [];
    for (let seat = row.first; seat < row.last; seat++) gaps.push(gapAfter(seats, seat));
    const pitch = gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? 0;
    let first = row.first;
    for (let seat = row.first; seat < row.last; seat++) {
      if (gapAfter(seats, seat) <= pitch * AISLE_FACTOR) continue;
      runs.push({ first, last: seat });
      first = seat + 1;
    }
    runs.push({ first, last: row.last });
  }
  return runs;
}

/** Rows are contiguous in index order, as they are in the plan. */
function rows({ row, section }: VenueSeats): RowRun[] {
  const found: RowRun[] = [];
  let first = 0;
  for (let seat = 1; seat <= section.length; seat++) {
    const same = seat < section.length && row[seat] === row[first] && section[seat] === section[first];
    if (same) continue;
    found.push({ first, last: seat - 1 });
    first = seat;
  }
  return found;
}

function gapAfter({ x, y }: VenueSeats, seat: number): number {
  return Math.hypot((x[seat + 1] ?? 0) - (x[seat] ?? 0), (y[seat + 1] ?? 0) - (y[seat] ?? 0));
}
