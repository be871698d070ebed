import { getRows, type HallRow } from '../seats/hall.ts';
import type { SeatLayout } from './contract.ts';
import type { SeatGrid } from './seat-grid.ts';

/** Keys that move the cursor from seat to seat. */
export type StepKey = keyof typeof directions | 'PageUp' | 'PageDown' | 'Home' | 'End';

const directions = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
} as const;

/** Radius of the search for the next seat, in distances between neighbors. It covers aisles first, then gaps between stands. */
const reaches = [3, 8, 25, 80, 1_000] as const;

interface Hall {
  readonly layout: SeatLayout;
  readonly grid: SeatGrid;
}

const others: readonly string[] = ['PageUp', 'PageDown', 'Home', 'End'];

export function isStepKey(key: string): key is StepKey {
  return isDirection(key) || others.includes(key);
}

function isDirection(key: string): key is keyof typeof directions {
  return Object.hasOwn(directions, key);
}

/** Returns the seat to which a key moves the cursor; the same one at the edge of the hall. */
export function step(hall: Hall, from: number, key: StepKey): number {
  if (isDirection(key)) return stepTowards(hall, from, directions[key]);
  const rows = getRows(hall.layout, hall.layout.section[from] ?? 0);
  const at = rows.findIndex(({ seats }) => seats.includes(from));
  const row = rows[at];
  if (key === 'Home') return row?.seats[0] ?? from;
  if (key === 'End') return row?.seats.at(-1) ?? from;
  return getNearestOf(hall.grid, rows[key === 'PageUp' ? at - 1 : at + 1], from);
}

/** Prefers seats in the direction and of the same row, whatever the angle of the row. */
function stepTowards({ layout, grid }: Hall, from: number, [dx, dy]: readonly [number, number]): number {
  const x = grid.x[from] ?? 0;
  const y = grid.y[from] ?? 0;
  for (const reach of reaches) {
    const radius = reach * grid.pitch;
    let best = from;
    let lowest = Infinity;
    grid.forEachIn({ left: x - radius, top: y - radius, right: x + radius, bottom: y + radius }, (index) => {
      const awayX = (grid.x[index] ?? 0) - x;
      const awayY = (grid.y[index] ?? 0) - y;
      const along = awayX * dx + awayY * dy;
      const across = Math.abs(awayX * dy) + Math.abs(awayY * dx);
      if (along < grid.pitch * 0.2 || along > radius || across > along * 1.2) return;
      const isSameRow =
        layout.row[index] === layout.row[from] && layout.section[index] === layout.section[from];
      const cost = (along + 2 * across) * (isSameRow ? 0.5 : 1);
      if (cost >= lowest) return;
      lowest = cost;
      best = index;
    });
    if (best !== from) return best;
  }
  return from;
}

function getNearestOf(grid: SeatGrid, row: HallRow | undefined, from: number): number {
  let nearest = from;
  let shortest = Infinity;
  for (const index of row?.seats ?? []) {
    const distance = Math.hypot(
      (grid.x[index] ?? 0) - (grid.x[from] ?? 0),
      (grid.y[index] ?? 0) - (grid.y[from] ?? 0),
    );
    if (distance >= shortest) continue;
    shortest = distance;
    nearest = index;
  }
  return nearest;
}
