import type { Focus } from '../layout/front.ts';
import type { RankedRuns, VenueLayout } from '../layout/venue-layout.ts';

export interface BlockRequest {
  readonly quantity: number;
  /** Position in the layout's sections; null for any section. */
  readonly section: number | null;
  readonly tiers: readonly number[] | null;
  /** If true, the block must leave no single free seat at either end. */
  readonly clean: boolean;
}

interface Block {
  /** Place of the first seat. */
  readonly first: number;
  /** Sum of the distances of its seats to the focus. */
  readonly sum: number;
}

/**
 * Returns the block of adjacent free seats with the smallest sum of distances to the focus, or null. Ties go to the lowest
 * place. Runs are searched from near to far until none can be better: a handful of the 5,000 runs of a stadium.
 */
export function findBestBlock(
  layout: VenueLayout,
  focus: Focus,
  { atLeast, nearestFirst }: RankedRuns,
  free: Uint8Array,
  request: BlockRequest,
): readonly number[] | null {
  const { quantity, section } = request;
  let best: Block | null = null;
  for (const run of nearestFirst) {
    // A run at the same distance can still win the tie. The factor allows for rounding errors.
    if (best !== null && (atLeast[run] ?? 0) * quantity > best.sum * (1 + 1e-9)) break;
    const [first, last] = [layout.runs.first[run] ?? 0, layout.runs.last[run] ?? 0];
    if (section !== null && layout.section[layout.order[first] ?? 0] !== section) continue;
    const found = findBestInRun(layout, focus, free, request, first, last);
    if (found !== null && (best === null || isBetter(found, best))) best = found;
  }
  const start = best?.first;
  return start === undefined ? null : Array.from(layout.order.subarray(start, start + quantity));
}

function isBetter(a: Block, b: Block): boolean {
  return a.sum < b.sum || (a.sum === b.sum && a.first < b.first);
}

function findBestInRun(
  layout: VenueLayout,
  focus: Focus,
  free: Uint8Array,
  { quantity, tiers, clean }: BlockRequest,
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
