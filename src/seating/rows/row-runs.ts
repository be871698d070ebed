import { layAlongAxis } from './row-axis.ts';
import { linkRow } from './row-links.ts';
import { estimatePitches, measureNearest } from './row-pitch.ts';

/** The seats of a venue as its plan has them, column by column in index order. */
export interface VenueSeats {
  /** The plan's own ids: they decide between seats that stand in the very same place. */
  readonly guid: readonly string[];
  readonly section: readonly string[];
  readonly row: readonly string[];
  readonly category: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * Returns the unbroken stretches of all rows: seats side by side, with no aisle between. Each lists its seats from one
 * end to the other; the order of the stretches is that of their first seats. Every seat is in one. Only geometry counts:
 * neither the order of the plan's file nor the seats' numbers do.
 */
export function findRuns(seats: VenueSeats, ranks: Uint32Array): readonly (readonly number[])[] {
  const rows = groupRows(seats, ranks).map((row) => {
    const axis = layAlongAxis(row.seats, seats.x, seats.y);
    return { ...row, axis, nearest: measureNearest(axis) };
  });
  const pitches = estimatePitches(rows);
  // guard: row-order-by-geometry
  const runs = rows.flatMap(({ axis, row }, index) => linkRow(axis, pitches[index] ?? 0, ranks, row !== ''));
  const rankOf = (run: readonly number[]) => ranks[run[0] ?? 0] ?? 0;
  return runs.sort((a, b) => rankOf(a) - rankOf(b));
}

interface Row {
  readonly section: string;
  readonly row: string;
  /** By rank. */
  readonly seats: readonly number[];
}

/** A row is what its section and its number say, wherever its seats stand in the file. */
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
