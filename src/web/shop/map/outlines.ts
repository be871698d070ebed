import type { LayoutPoint, SeatLayout } from './contract.ts';
import type { SeatGrid } from './seat-grid.ts';
import type { Box } from './viewport.ts';

export interface SectionOutline {
  readonly section: number;
  readonly seatCount: number;
  /** The tier of most of its seats. */
  readonly tier: number;
  /** Convex hull of the seats; empty if seats of other sections lie in it. */
  readonly hull: readonly LayoutPoint[];
  readonly center: LayoutPoint;
  readonly box: Box;
}

/** Returns the outlines of all sections that have seats, a little outside of the seats. */
export function getOutlines(layout: SeatLayout, grid: SeatGrid): SectionOutline[] {
  const bySection: number[][] = layout.sections.map(() => []);
  layout.section.forEach((section, index) => bySection[section]?.push(index));
  return bySection.flatMap((seats, section) => {
    if (seats.length === 0) return [];
    const points = seats.map((index) => ({ x: grid.x[index] ?? 0, y: grid.y[index] ?? 0 }));
    // Only seats at the edge have corners at the edge.
    const hull = getConvexHull(getConvexHull(points).flatMap((point) => getCorners(point, grid.pitch * 0.6)));
    const center = {
      x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
      y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
    };
    const box = getBox(hull);
    return [
      {
        section,
        seatCount: seats.length,
        tier: findMainTier(layout, seats),
        hull: hasForeignSeat(section, hull, box, layout, grid) ? [] : hull,
        center,
        box,
      },
    ];
  });
}

function findMainTier({ tier, tiers }: SeatLayout, seats: readonly number[]): number {
  const counts = tiers.map(() => 0);
  for (const index of seats) counts[tier[index] ?? 0] = (counts[tier[index] ?? 0] ?? 0) + 1;
  return counts.indexOf(Math.max(...counts));
}

/** Returns the corners of the convex hull, in order, without points on its edges. */
export function getConvexHull(points: readonly LayoutPoint[]): LayoutPoint[] {
  const sorted = dropInner(points).sort((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  const half = (ordered: readonly LayoutPoint[]) => {
    const chain: LayoutPoint[] = [];
    for (const point of ordered) {
      while (chain.length > 1 && turn(chain.at(-2), chain.at(-1), point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

const directions = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
] as const;

/** Leaves out the points between the outermost ones of eight directions: sorting them takes most of the time of a hull. */
function dropInner(points: readonly LayoutPoint[]): LayoutPoint[] {
  const outermost = new Set<LayoutPoint>();
  for (const [dx, dy] of directions) {
    let best = points[0];
    for (const point of points)
      if (best === undefined || point.x * dx + point.y * dy > best.x * dx + best.y * dy) best = point;
    if (best !== undefined) outermost.add(best);
  }
  const octagon = [...outermost];
  return points.filter((point) => !isInside(octagon, point));
}

export function isInside(hull: readonly LayoutPoint[], point: LayoutPoint): boolean {
  return hull.length > 2 && hull.every((corner, at) => turn(corner, hull[(at + 1) % hull.length], point) > 0);
}

/** Returns the distance from a point in a hull to its edge, in a direction of length 1. */
export function getReach(
  hull: readonly LayoutPoint[],
  { x, y }: LayoutPoint,
  dx: number,
  dy: number,
): number {
  let nearest = Infinity;
  hull.forEach((from, at) => {
    const to = hull[(at + 1) % hull.length] ?? from;
    const [edgeX, edgeY] = [to.x - from.x, to.y - from.y];
    const cross = dx * edgeY - dy * edgeX;
    if (Math.abs(cross) < 1e-9) return;
    const along = ((from.x - x) * edgeY - (from.y - y) * edgeX) / cross;
    const part = ((from.x - x) * dy - (from.y - y) * dx) / cross;
    if (along >= 0 && part >= 0 && part <= 1) nearest = Math.min(nearest, along);
  });
  return nearest;
}

/** Positive if the way from `a` over `b` to `c` turns to the side on which hulls have their inside. */
function turn(a: LayoutPoint | undefined, b: LayoutPoint | undefined, c: LayoutPoint): number {
  if (a === undefined || b === undefined) return 0;
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

function getCorners({ x, y }: LayoutPoint, margin: number): LayoutPoint[] {
  return [-margin, margin].flatMap((dx) => [-margin, margin].map((dy) => ({ x: x + dx, y: y + dy })));
}

function getBox(points: readonly LayoutPoint[]): Box {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of points) {
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

function hasForeignSeat(
  section: number,
  hull: readonly LayoutPoint[],
  box: Box,
  layout: SeatLayout,
  grid: SeatGrid,
): boolean {
  let found = false;
  grid.forEachIn(box, (index) => {
    if (found || layout.section[index] === section) return;
    found = isInside(hull, { x: grid.x[index] ?? 0, y: grid.y[index] ?? 0 });
  });
  return found;
}
