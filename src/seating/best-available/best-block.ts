import type { Focus } from './front.ts';
import type { RankedRuns, VenueLayout } from '../layout/venue-layout.ts';

export interface BlockWish {
  readonly quantity: number;
  /** By its place among the layout's sections; null: any. */
  readonly section: number | null;
  readonly tiers: readonly number[] | null;
  /** True: only blocks that leave no single free seat alone at either end. */
  readonly clean: boolean;
}

interface Block {
  /** The place of its first seat. */
  readonly first: number;
  /** Of the distances of its seats to the focus. */
  readonly sum: number;
}

/**
 * The block of adjacent free seats with the least sum of distances to the focus; ties go to the first in the order of
 * places. Runs are
 * tried the nearest first, and the search ends where none can be better: a handful of the 5,000 runs of a stadium.
 */
export function bestBlock(
  layout: VenueLayout,
  focus: Focus,
  { atLeast, nearestFirst }: RankedRuns,
  free: Uint8Array,
  wish: BlockWish,
): readonly number[] | null {
  const { quantity, section } = wish;
  let best: Block | null = null;
  for (const run of nearestFirst) {
    // A run as near as the best so far may still come before it; the margin is for rounding.
    if (best !== null && (atLeast[run] ?? 0) * quantity > best.sum * (1 + 1e-9)) break;
    const [first, last] = [layout.runs.first[run] ?? 0, layout.runs.last[run] ?? 0];
    if (section !== null && layout.section[layout.order[first] ?? 0] !== section) continue;
    const found = bestInRun(layout, focus, free, wish, first, last);
    if (found !== null && (best === null || isBetter(found, best))) best = found;
  }
  const start = best?.first;
  return start === undefined ? null : Array.from(layout.order.subarray(start, start + quantity));
}

function isBetter(a: Block, b: Block): boolean {
  return a.sum < b.sum || (a.sum === b.sum && a.first < b.first);
}

function bestInRun(
  layout: VenueLayout,
  focus: Focus,
  free: Uint8Array,
  { quantity, tiers, clean }: BlockWish,
  runFirst: number,
  runLast: number,
): Block | null {
  const seatAt = (place: number) => layout.order[place] ?? 0;
  const isFree = (place: number) => place >= runFirst && place <= runLast && free[seatAt(place)] !== 0;
  const leavesAlone = (next: number, beyond: number) => isFree(next) && !isFree(beyond);
  let best: Block | null = null;
  let length = 0;
  for (let place = runFirst; place <= runLast; place++) {
    const seat = seatAt(place);
    const fits = free[seat] !== 0 && (tiers === null || tiers.includes(layout.category[seat] ?? -1));
    length = fits ? length + 1 : 0;
    if (length < quantity) continue;
    const first = place - quantity + 1;
    if (clean && (leavesAlone(first - 1, first - 2) || leavesAlone(place + 1, place + 2))) continue;
    let sum = 0;
    for (let i = first; i <= place; i++)
      sum += Math.hypot((layout.x[seatAt(i)] ?? 0) - focus.x, (layout.y[seatAt(i)] ?? 0) - focus.y);
    if (best === null || sum < best.sum) best = { first, sum };
  }
  return best;
}
