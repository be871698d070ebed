import type { Focus } from './front.ts';
import { rowRuns, type RowRun } from './row-runs.ts';
import type { VenueLayout } from './venue-layouts.ts';

export interface BlockWish {
  readonly quantity: number;
  readonly section: string | null;
  readonly tiers: readonly number[] | null;
  /** True: only blocks that leave no single free seat alone at either end. */
  readonly clean: boolean;
}

interface RankedRun extends RowRun {
  /** No seat of the run is nearer to the focus than this. */
  readonly atLeast: number;
}

const rankedFromFront = new WeakMap<VenueLayout, readonly RankedRun[]>();

/**
 * The block of adjacent free seats with the least sum of distances to the focus; ties go to the lower index. Runs are
 * tried the nearest first, and the search ends where none can be better: a handful of the 5,000 runs of a stadium.
 */
export function bestBlock(
  layout: VenueLayout,
  focus: Focus,
  free: Uint8Array,
  wish: BlockWish,
): readonly number[] | null {
  let best: { first: number; sum: number } | null = null;
  for (const run of runsByDistance(layout, focus)) {
    // A run as near as the best so far may still have a lower index; the margin is for rounding.
    if (best !== null && run.atLeast * wish.quantity > best.sum * (1 + 1e-9)) break;
    if (wish.section !== null && layout.section[run.first] !== wish.section) continue;
    const found = bestInRun(layout, focus, free, wish, run);
    if (
      found !== null &&
      (best === null || found.sum < best.sum || (found.sum === best.sum && found.first < best.first))
    ) {
      best = found;
    }
  }
  const { quantity } = wish;
  const first = best?.first;
  return first === undefined ? null : Array.from({ length: quantity }, (_, i) => first + i);
}

function bestInRun(
  layout: VenueLayout,
  focus: Focus,
  free: Uint8Array,
  { quantity, tiers, clean }: BlockWish,
  run: RowRun,
): { first: number; sum: number } | null {
  const isFree = (seat: number) => seat >= run.first && seat <= run.last && free[seat] !== 0;
  const leavesAlone = (next: number, beyond: number) => isFree(next) && !isFree(beyond);
  let best: { first: number; sum: number } | null = null;
  let length = 0;
  for (let seat = run.first; seat <= run.last; seat++) {
    const fits = free[seat] !== 0 && (tiers === null || tiers.includes(layout.category[seat] ?? -1));
    length = fits ? length + 1 : 0;
    if (length < quantity) continue;
    const first = seat - quantity + 1;
    if (clean && (leavesAlone(first - 1, first - 2) || leavesAlone(seat + 1, seat + 2))) continue;
    let sum = 0;
    for (let i = first; i <= seat; i++)
      sum += Math.hypot((layout.x[i] ?? 0) - focus.x, (layout.y[i] ?? 0) - focus.y);
    if (best === null || sum < best.sum) best = { first, sum };
  }
  return best;
}

function runsByDistance(layout: VenueLayout, focus: Focus): readonly RankedRun[] {
  const known = focus === layout.front ? rankedFromFront.get(layout) : undefined;
  if (known !== undefined) return known;
  const ranked = rowRuns(layout)
    .map((run) => ({ ...run, atLeast: distanceToBox(layout, run, focus) }))
    .sort((a, b) => a.atLeast - b.atLeast || a.first - b.first);
  if (focus === layout.front) rankedFromFront.set(layout, ranked);
  return ranked;
}

/** From the focus to the rectangle around the run. */
function distanceToBox(layout: VenueLayout, { first, last }: RowRun, focus: Focus): number {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let seat = first; seat <= last; seat++) {
    const [x, y] = [layout.x[seat] ?? 0, layout.y[seat] ?? 0];
    [left, right, top, bottom] = [
      Math.min(left, x),
      Math.max(right, x),
      Math.min(top, y),
      Math.max(bottom, y),
    ];
  }
  const dx = Math.max(left - focus.x, 0, focus.x - right);
  const dy = Math.max(top - focus.y, 0, focus.y - bottom);
  return Math.hypot(dx, dy);
}
