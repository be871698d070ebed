import { visitAhead, type RowAxis } from './row-axis.ts';

/** Minimum number of seats to estimate a pitch from. Two single seats may well have an aisle between them. */
const SEATS_MIN = 3; // guard: short-row-pitch
/** A pitch that differs from the surrounding one by more than this factor is not trusted. */
const TRUSTED_FACTOR = 3; // guard: scattered-seats-pitch

/** A row with the distance of each seat to its nearest seat; Infinity for a single seat. */
export interface MeasuredRow {
  readonly section: string;
  readonly nearest: readonly number[];
}

/**
 * Returns the usual distance between two seats for each row: the row's own, or else that of its section, or else that of the
 * hall. It is the median of the distances to the nearest seat. The gaps between neighbors are no measure: in a row of short
 * pieces, most of them are aisles.
 */
export function estimatePitches(rows: readonly MeasuredRow[]): number[] {
  const sections = Map.groupBy(rows, (row) => row.section);
  const hall = findMedian(rows) ?? 0;
  const bySection = new Map(
    [...sections].map(([section, own]) => [section, selectTrusted(findMedian(own, SEATS_MIN), hall)]),
  );
  return rows.map((row) => selectTrusted(findMedian([row], SEATS_MIN), bySection.get(row.section) ?? hall));
}

function selectTrusted(own: number | null, wider: number): number {
  if (own === null || wider === 0) return own ?? wider;
  return own > wider * TRUSTED_FACTOR || own < wider / TRUSTED_FACTOR ? wider : own;
}

/** Returns the lower median: the higher one may be the width of an aisle. */
function findMedian(rows: readonly MeasuredRow[], seatsMin = 1): number | null {
  const distances = rows.flatMap(({ nearest }) => nearest.filter((distance) => distance < Infinity));
  if (distances.length < seatsMin) return null;
  return distances.sort((a, b) => a - b)[(distances.length - 1) >> 1] ?? null; // guard: pitch-ignores-aisles
}

/** Returns the distance of each seat to the nearest one. Seats at the same position are ignored. */
export function measureNearest(axis: RowAxis): number[] {
  return axis.seats.map((_, place) => {
    let nearest = Infinity;
    for (const direction of [1, -1] as const) {
      visitAhead(axis, place, direction, (_other, distance, ahead) => {
        if (distance > 0 && distance < nearest) nearest = distance;
        return ahead < nearest;
      });
    }
    return nearest;
  });
}
