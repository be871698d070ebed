import type { VenueLayout } from '../layout/venue-layout.ts';

export interface SideBySide {
  readonly left: number | null;
  readonly right: number | null;
}

/** The seats next to a seat in its row; null where the row ends or an aisle begins. */
export function neighboursIn({ run, runs, order, place }: VenueLayout, seat: number): SideBySide {
  const [own = -1, at = -1] = [run[seat], place[seat]];
  return {
    left: at > (runs.first[own] ?? at) ? (order[at - 1] ?? null) : null,
    right: at < (runs.last[own] ?? at) ? (order[at + 1] ?? null) : null,
  };
}

/** These seats, the ones next to them, and the ones next to those, each with its neighbours. */
export function aroundSeats(layout: VenueLayout, seats: readonly number[]): Map<number, SideBySide> {
  const found = new Map<number, SideBySide>();
  let ring: readonly number[] = seats;
  for (let distance = 0; distance <= 2; distance++) {
    for (const seat of ring) if (!found.has(seat)) found.set(seat, neighboursIn(layout, seat));
    ring = ring.flatMap((seat) => {
      const { left, right } = neighboursIn(layout, seat);
      return [left, right].filter((next) => next !== null);
    });
  }
  return found;
}
