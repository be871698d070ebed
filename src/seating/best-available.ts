import type { Focus } from './front.ts';
import { bestBlock } from './best-block.ts';
import type { VenueLayout } from './venue-layouts.ts';

/** A wish for seats that the server is to choose. */
export interface SeatChoice {
  readonly quantity: number;
  /** Only seats of this section; null: of any. */
  readonly section: string | null;
  /** Only seats of these tiers; null: the dearest that fits, or, near other seats, the tiers of those. */
  readonly tiers: readonly number[] | null;
  /** As near as possible to the middle of these seats; empty: to the front. */
  readonly near: readonly number[];
  /** True: only adjacent seats that leave no single seat alone, or none at all. */
  readonly leavesNoneAlone?: boolean;
}

/**
 * Chooses for each wish in turn. The rule: adjacent seats of one row, in the dearest tier that has them, nearest to the
 * front (the middle of the stage, court or pitch), leaving no single seat alone where another block of that size
 * avoids it; where no row has enough, the nearest seats of one section; where no section has enough, the nearest of the
 * hall. An empty list where there are too few.
 *
 * @param prices of the tiers, by index.
 * @param free one byte a seat, not 0 where it can be taken. What is chosen for one wish is taken for the next.
 */
export function chooseSeats(
  layout: VenueLayout,
  prices: readonly number[],
  free: Uint8Array,
  choices: readonly SeatChoice[],
): readonly (readonly number[])[] {
  const left = free.slice();
  return choices.map((choice) => {
    const chosen = chooseOne(layout, prices, left, choice);
    for (const seat of chosen) left[seat] = 0;
    return chosen;
  });
}

function chooseOne(
  layout: VenueLayout,
  prices: readonly number[],
  free: Uint8Array,
  choice: SeatChoice,
): readonly number[] {
  const focus = choice.near.length > 0 ? middleOf(layout, choice.near) : layout.front;
  const tierSets = tiersInOrder(layout, prices, choice);
  const block = (tiers: readonly number[] | null, clean: boolean) =>
    bestBlock(layout, focus, free, { quantity: choice.quantity, section: choice.section, tiers, clean });
  for (const tiers of tierSets) {
    const clean = block(tiers, true);
    if (clean !== null) return clean;
  }
  if (choice.leavesNoneAlone === true) return [];
  for (const tiers of tierSets) {
    const any = block(tiers, false);
    if (any !== null) return any;
  }
  // An alternative to seats that somebody named is a block as well, or none.
  return choice.near.length > 0 ? [] : nearest(layout, focus, free, choice);
}

/** The tiers to try, one set after the other; null stands for all of them. */
function tiersInOrder(
  layout: VenueLayout,
  prices: readonly number[],
  choice: SeatChoice,
): (readonly number[] | null)[] {
  if (choice.tiers !== null) return [choice.tiers];
  if (choice.near.length > 0) return [[...new Set(choice.near.map((seat) => layout.category[seat] ?? -1))]];
  const dearestFirst = prices
    .map((price, tier) => ({ price, tier }))
    .sort((a, b) => b.price - a.price || a.tier - b.tier);
  return [...dearestFirst.map(({ tier }) => [tier]), null];
}

/** Scattered: all in one section if one has enough (the one whose seats are nearest), else anywhere. */
function nearest(layout: VenueLayout, focus: Focus, free: Uint8Array, choice: SeatChoice): readonly number[] {
  const ranked: { seat: number; distance: number }[] = [];
  for (let seat = 0; seat < layout.seatCount; seat++) {
    if (free[seat] === 0 || (choice.section !== null && layout.section[seat] !== choice.section)) continue;
    if (choice.tiers !== null && !choice.tiers.includes(layout.category[seat] ?? -1)) continue;
    const distance = Math.hypot((layout.x[seat] ?? 0) - focus.x, (layout.y[seat] ?? 0) - focus.y);
    ranked.push({ seat, distance });
  }
  ranked.sort((a, b) => a.distance - b.distance || a.seat - b.seat);
  const bySection = new Map<string, number[]>();
  for (const { seat } of ranked) {
    const section = layout.section[seat] ?? '';
    const seats = bySection.get(section) ?? [];
    bySection.set(section, seats);
    // Ranked by distance, the first section that has enough has the nearest ones.
    if (seats.push(seat) === choice.quantity) return seats;
  }
  return ranked.length < choice.quantity ? [] : ranked.slice(0, choice.quantity).map(({ seat }) => seat);
}

function middleOf(layout: VenueLayout, seats: readonly number[]): Focus {
  let [x, y] = [0, 0];
  for (const seat of seats) {
    x += layout.x[seat] ?? 0;
    y += layout.y[seat] ?? 0;
  }
  return { x: x / seats.length, y: y / seats.length };
}
