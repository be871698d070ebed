import type { SeatLayout } from '../map/contract.ts';

/** Distance, in usual distances of the row, from which two seats have an aisle between them. The server uses the same. */
const AISLE_FACTOR = 1.5;

/**
 * Returns the free seats that taking `taken` would isolate, by the rule of the server: a free seat without a free neighbor,
 * unless the block of free seats has just one seat more than is taken from it. It looks at the order of the seats in the
 * plan, so it can differ from the server for unusual rows, and is only good for advice.
 */
export function findOrphans(
  layout: SeatLayout,
  taken: ReadonlySet<number>,
  isFree: (index: number) => boolean,
): number[] {
  const isFreeAfter = (seat: number | null) => seat !== null && !taken.has(seat) && isFree(seat);
  const orphans = new Set<number>();
  for (const seat of taken) {
    for (const side of [-1, 1] as const) {
      const next = findNeighbor(layout, seat, side);
      if (next === null || !isFreeAfter(next) || isFreeAfter(findNeighbor(layout, next, side))) continue;
      let other: number | null = seat;
      while (other !== null && taken.has(other)) other = findNeighbor(layout, other, side === 1 ? -1 : 1);
      if (isFreeAfter(other)) orphans.add(next);
    }
  }
  return [...orphans].sort((a, b) => a - b);
}

/** Returns the seat beside a seat in its row; null at the end of the row or at an aisle. */
function findNeighbor(layout: SeatLayout, seat: number, side: -1 | 1): number | null {
  const next = seat + side;
  if (!isSameRow(layout, seat, next)) return null;
  return getDistance(layout, seat, next) <= AISLE_FACTOR * findPitch(layout, seat) ? next : null;
}

/** Returns the usual distance between the seats of a row. */
function findPitch(layout: SeatLayout, seat: number): number {
  let first = seat;
  while (isSameRow(layout, seat, first - 1)) first--;
  const distances: number[] = [];
  for (let index = first; isSameRow(layout, seat, index + 1); index++)
    distances.push(getDistance(layout, index, index + 1));
  distances.sort((a, b) => a - b);
  return distances[(distances.length - 1) >> 1] ?? 0;
}

function isSameRow({ row, section }: SeatLayout, one: number, other: number): boolean {
  return row[one] === row[other] && section[one] === section[other];
}

function getDistance({ x, y }: SeatLayout, one: number, other: number): number {
  return Math.hypot((x[one] ?? 0) - (x[other] ?? 0), (y[one] ?? 0) - (y[other] ?? 0));
}
