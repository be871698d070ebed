import { projectRow } from './row-axis.ts';
import { linkRow } from './row-links.ts';
import { estimatePitches, measureNearest } from './row-pitch.ts';

/** The seats of a venue as in its plan: columns in index order. */
export interface VenueSeats {
  /** The plan's own IDs. They break ties between seats at the same position. */
  readonly guid: readonly string[];
  readonly section: readonly string[];
  readonly row: readonly string[];
  readonly category: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * Returns the runs of all rows: adjacent seats without an aisle between them, from one end to the other. Every seat is in
 * exactly one run. Runs are ordered by the ranks of their first seats. The result depends on geometry only, not on the order
 * of the plan's file or on the seats' numbers.
 */
export function findRuns(seats: VenueSeats, ranks: Uint32Array): readonly (readonly number[])[] {
  const rows = groupRows(seats, ranks).map((row) => {
    const axis = projectRow(row.seats, seats.x, seats.y);
    return { ...row, axis, nearest: measureNearest(axis) };
  });
  const pitches = estimatePitches(rows);
  // guard: row-order-by-geometry
  const runs = rows.flatMap(({ axis, row }, index) => linkRow(axis, pitches[index] ?? 0, ranks, row !== ''));
  const getRank = (run: readonly number[]) => ranks[run[0] ?? 0] ?? 0;
  return runs.sort((a, b) => getRank(a) - getRank(b));
}

interface Row {
  readonly section: string;
  readonly row: string;
  /** In the order of their ranks. */
  readonly seats: readonly number[];
}

/** Groups seats by section and row number, wherever they are in the file. */
function groupRows({ section, row }: VenueSeats, ranks: Uint32Array): Row[] {
  const bySection = new Map<string, Map<string, number[]>>();
  const byRank = new Uint32Array(ranks.length);
  for (const [seat, rank] of ranks.entries()) byRank[rank] = seat;
  for (const seat of byRank) {
    const [sectionName, rowName] = [section[seat] ?? '', row[seat] ?? ''];
    const rows = bySection.get(sectionName) ?? new Map<string, number[]>();
    if (rows.size === 0) bySection.set(sectionName, rows);
    const own = rows.get(rowName);
    if (own === undefined) rows.set(rowName, [seat]);
    else own.push(seat);
  }
  return [...bySection].flatMap(([sectionName, rows]) =>
    [...rows].map(([rowName, own]) => ({ section: sectionName, row: rowName, seats: own })),
  );
}
