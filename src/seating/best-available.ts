import type { VenueLayout } from './venue-layouts.ts';
import type { Focus } from './front.ts';
import { rowRuns } from './row-runs.ts';

/** A wish for seats that the server is to choose. */
export interface SeatChoice {
  readonly quantity: number;
  /** Only seats of this section; null: of any. */
  readonly section: string | null;
  /** Only seats of these tiers; null: of any. */
  readonly tiers: readonly number[] | null;
  /** As near as possible to the middle of these seats; empty: to the front. */
  readonly near: readonly number[];
}

/**
 * Chooses for each wish in turn. The rule: adjacent seats of one row, nearest to the front (the middle of the stage,
 * court or pitch); where no row has enough, the nearest seats of one section; where no section has enough, the nearest
 * seats of the hall. Ties go to the lower index. An empty list where there are too few.
 *
 * @param free seats that can be taken now; what is chosen for one wish is gone for the next.
 */
export function chooseSeats(
  layout: VenueLayout,
  front: Focus,
  free: ReadonlySet<number>,
  choices: readonly SeatChoice[],
): readonly (readonly number[])[] {
  const left = new Set(free);
  return choices.map((choice) => {
    const chosen = chooseOne(layout, front, left, choice);
    for (const seat of chosen) left.delete(seat);
    return chosen;
  });
}

function chooseOne(
  layout: VenueLayout,
  front: Focus,
  free: ReadonlySet<number>,
  choice: SeatChoice,
): readonly number[] {
  const focus = choice.near.length > 0 ? middleOf(layout, choice.near) : front;
  const distance = (seat: number) =>
    Math.hypot((layout.x[seat] ?? 0) - focus.x, (layout.y[seat] ?? 0) - focus.y);
  const fits = (seat: number) =>
    free.has(seat) &&
    (choice.section === null || layout.section[seat] === choice.section) &&
    (choice.tiers === null || choice.tiers.includes(layout.category[seat] ?? -1));
  return bestRun(layout, choice.quantity, fits, distance) ?? nearest(layout, choice.quantity, fits, distance);
}

/** The best window of `quantity` neighbours, by the sum of their distances. */
function bestRun(
  layout: VenueLayout,
  quantity: number,
  fits: (seat: number) => boolean,
  distance: (seat: number) => number,
): readonly number[] | null {
  let best: { first: number; sum: number } | null = null;
  for (const { first, last } of rowRuns(layout)) {
    let length = 0;
    let sum = 0;
    for (let seat = first; seat <= last; seat++) {
      if (!fits(seat)) {
        length = sum = 0;
        continue;
      }
      length++;
      sum += distance(seat);
      if (length > quantity) sum -= distance(seat - quantity);
      if (length >= quantity && (best === null || sum < best.sum - 1e-9))
        best = { first: seat - quantity + 1, sum };
    }
  }
  return best === null ? null : Array.from({ length: quantity }, (_, i) => (best?.first ?? 0) + i);
}

/** Scattered: all in one section if one has enough (the one whose seats are nearest), else anywhere. */
function nearest(
  layout: VenueLayout,
  quantity: number,
  fits: (seat: number) => boolean,
  distance: (seat: number) => number,
): readonly number[] {
  const ranked = Array.from({ length: layout.seatCount }, (_, seat) => seat)
    .filter(fits)
    .map((seat) => ({ seat, distance: distance(seat) }))
    .sort((a, b) => a.distance - b.distance || a.seat - b.seat);
  const bySection = new Map<string, number[]>();
  for (const { seat } of ranked) {
    const section = layout.section[seat] ?? '';
    const seats = bySection.get(section) ?? [];
    bySection.set(section, seats);
    // Ranked by distance, the first section that has enough has the nearest ones.
    if (seats.push(seat) === quantity) return seats;
  }
  return ranked.length < quantity ? [] : ranked.slice(0, quantity).map(({ seat }) => seat);
}

function middleOf(layout: VenueLayout, seats: readonly number[]): Focus {
  const sum = seats.reduce(
    (at, seat) => ({ x: at.x + (layout.x[seat] ?? 0), y: at.y + (layout.y[seat] ?? 0) }),
    { x: 0, y: 0 },
  );
  return { x: sum.x / seats.length, y: sum.y / seats.length };
}
