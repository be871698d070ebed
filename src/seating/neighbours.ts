import type { VenueLayout } from './venue-layout.ts';

export interface SideBySide {
  readonly left: number | null;
  readonly right: number | null;
}

/** The seats next to a seat in its row; null where the row ends or an aisle begins. */
export function neighboursIn({ run, runs }: VenueLayout, seat: number): SideBySide {
  const place = run[seat] ?? -1;
  return {
    left: seat > (runs.first[place] ?? seat) ? seat - 1 : null,
    right: seat < (runs.last[place] ?? seat) ? seat + 1 : null,
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
