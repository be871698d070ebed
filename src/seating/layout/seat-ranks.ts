/** What tells the seats of a venue apart, whatever the order of its plan's file. */
export interface SeatPlaces {
  readonly guid: readonly string[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * Ranks seats from top to bottom, then from left to right, then by guid. Whatever is otherwise equal is decided by rank,
 * so that any order of the file gives the same chairs.
 */
export function rankSeats({ guid, x, y }: SeatPlaces): Uint32Array {
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
