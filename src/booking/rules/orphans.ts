import { isFree } from './free-seats.ts';
import type { Draft } from './draft.ts';

/**
 * Seats that taking these would leave alone: free, with nothing free on either side. Where a stretch of free seats has
 * just one more than are taken of it, leaving one alone cannot be helped, and counts as no fault. Empty where the event
 * allows orphans.
 *
 * @param given seats that are given back in the same step, so that they count as free.
 */
export function leftAlone(
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
      const next = draft.neighbours(seat)[side];
      if (next === null || !freeAfter(next) || freeAfter(draft.neighbours(next)[side])) continue;
      if (freeAfter(beyondBlock(draft, taken, seat, side === 'left' ? 'right' : 'left'))) orphans.add(next);
    }
  }
  return [...orphans].sort((a, b) => a - b);
}

/** The first seat that is not taken, going from a taken one in a direction. */
function beyondBlock(
  draft: Draft,
  taken: ReadonlySet<number>,
  from: number,
  side: 'left' | 'right',
): number | null {
  let seat: number | null = from;
  while (seat !== null && taken.has(seat)) seat = draft.neighbours(seat)[side];
  return seat;
}
