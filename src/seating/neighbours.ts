import { rowRuns } from './row-runs.ts';
import type { VenueLayout } from './venue-layouts.ts';

export interface SideBySide {
  readonly left: number | null;
  readonly right: number | null;
}

const known = new WeakMap<VenueLayout, { readonly first: Int32Array; readonly last: Int32Array }>();

/** The seats next to a seat in its row; null where the row ends or an aisle begins. */
export function neighboursIn(layout: VenueLayout, seat: number): SideBySide {
  const { first, last } = boundsIn(layout);
  return {
    left: seat > (first[seat] ?? seat) ? seat - 1 : null,
    right: seat < (last[seat] ?? seat) ? seat + 1 : null,
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

/** The unbroken stretch that each seat stands in, by its first and last seat. */
function boundsIn(layout: VenueLayout) {
  let bounds = known.get(layout);
  if (bounds === undefined) {
    bounds = { first: new Int32Array(layout.seatCount), last: new Int32Array(layout.seatCount) };
    for (const { first, last } of rowRuns(layout)) {
      bounds.first.fill(first, first, last + 1);
      bounds.last.fill(last, first, last + 1);
    }
    known.set(layout, bounds);
  }
  return bounds;
}
