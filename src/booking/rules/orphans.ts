import { isFree } from './free-seats.ts';
import type { Draft } from './draft.ts';

/**
 * Returns the seats that taking `seats` would isolate: free seats without a free neighbor. If a block of adjacent free
 * seats has exactly one seat more than is taken from it, isolating that seat is unavoidable, and allowed. Empty if the
 * event allows orphans.
 *
 * @param given seats that are given back at the same time, and count as free.
 */
export function findOrphans(
  draft: Draft,
  seats: readonly number[],
  given: readonly number[] = [],
): readonly number[] {
  if (draft.event.orphanRule !== 'FORBID') return [];
  const taken = new Set(seats);
  const freeAfter = (seat: number | null) =>
    seat !== null && !taken.has(seat) && (given.includes(seat) || isFree(draft, seat));
  const orphans = new Set<number>();
  for (const seat of seats) {
    for (const side of ['left', 'right'] as const) {
      const next = draft.neighbors(seat)[side];
      if (next === null || !freeAfter(next) || freeAfter(draft.neighbors(next)[side])) continue;
      if (freeAfter(findFirstUntaken(draft, taken, seat, side === 'left' ? 'right' : 'left')))
        orphans.add(next);
    }
  }
  return [...orphans].sort((a, b) => a - b);
}

/** Returns the first seat that is not taken, going from a taken one to one side. */
function findFirstUntaken(
  draft: Draft,
  taken: ReadonlySet<number>,
  from: number,
  side: 'left' | 'right',
): number | null {
  let seat: number | null = from;
  while (seat !== null && taken.has(seat)) seat = draft.neighbors(seat)[side];
  return seat;
}
