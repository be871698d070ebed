import type { VenueLayout } from '../layout/venue-layout.ts';

/** The seats next to a seat in its row; null at the end of the row or at an aisle. */
export interface Neighbors {
  readonly left: number | null;
  readonly right: number | null;
}

export function getNeighbors({ run, runs, order, place }: VenueLayout, seat: number): Neighbors {
  const [own = -1, at = -1] = [run[seat], place[seat]];
  return {
    left: at > (runs.first[own] ?? at) ? (order[at - 1] ?? null) : null,
    right: at < (runs.last[own] ?? at) ? (order[at + 1] ?? null) : null,
  };
}

/** Returns the neighbors of these seats and of all seats at most two places away from them. */
export function getNeighborsAround(layout: VenueLayout, seats: readonly number[]): Map<number, Neighbors> {
  const found = new Map<number, Neighbors>();
  let ring: readonly number[] = seats;
  for (let distance = 0; distance <= 2; distance++) {
    for (const seat of ring) if (!found.has(seat)) found.set(seat, getNeighbors(layout, seat));
    ring = ring.flatMap((seat) => {
      const { left, right } = getNeighbors(layout, seat);
      return [left, right].filter((next) => next !== null);
    });
  }
  return found;
}
