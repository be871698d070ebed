import { visitAhead, type RowAxis } from './row-axis.ts';

/** From so few seats no pitch can be told: two single seats have an aisle between them as likely as not. */
const SEATS_MIN = 3; // guard: short-row-pitch
/** A row or section whose seats stand this many times farther apart (or nearer) than those around has no pitch of its own. */
const TRUSTED_FACTOR = 3; // guard: scattered-seats-pitch

/** A row's seats, with the distance of each to the nearest other one; Infinity for a seat alone. */
export interface MeasuredRow {
  readonly section: string;
  readonly nearest: readonly number[];
}

/**
 * Returns the usual distance of two seats for each row: its own, else its section's, else the hall's. It is the median of
 * the distances to the nearest seat. Gaps would not do: in a row of short pieces most of them are aisles.
 */
export function estimatePitches(rows: readonly MeasuredRow[]): number[] {
  const sections = Map.groupBy(rows, (row) => row.section);
  const hall = pitchOf(rows) ?? 0;
  const bySection = new Map(
    [...sections].map(([section, own]) => [section, trusted(pitchOf(own, SEATS_MIN), hall)]),
  );
  return rows.map((row) => trusted(pitchOf([row], SEATS_MIN), bySection.get(row.section) ?? hall));
}

function trusted(own: number | null, wider: number): number {
  if (own === null || wider === 0) return own ?? wider;
  return own > wider * TRUSTED_FACTOR || own < wider / TRUSTED_FACTOR ? wider : own;
}

/** The lower median: of two candidates the one that makes no aisle pass for the pitch. */
function pitchOf(rows: readonly MeasuredRow[], seatsMin = 1): number | null {
  const distances = rows.flatMap(({ nearest }) => nearest.filter((distance) => distance < Infinity));
  if (distances.length < seatsMin) return null;
  return distances.sort((a, b) => a - b)[(distances.length - 1) >> 1] ?? null; // guard: pitch-ignores-aisles
}

/** Returns the distance of each seat on the axis to the nearest one. Two in the very same place tell nothing. */
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
