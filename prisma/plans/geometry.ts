import type { Point } from '../../src/catalog/seating-plan/plan-file.ts';

export function shift(a: Point, b: Point): Point {
  return { x: a.x + b.x, y: a.y + b.y };
}

export function round({ x, y }: Point): Point {
  return { x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 };
}

export function bounds(points: Point[]): { left: number; right: number; top: number; bottom: number } {
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const { x, y } of points) {
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

/** Where to stand along a stretch so that all stand a pitch apart and what is left over is shared by both ends. */
export function spread(length: number, pitch: number): number[] {
  const count = Math.floor(length / pitch) + 1;
  const start = (length - (count - 1) * pitch) / 2;
  return Array.from({ length: Math.max(count, 0) }, (_, index) => start + index * pitch);
}

/** The point in a direction, clockwise from the top of the drawing, at a distance from a centre. */
export function polar(centre: Point, angle: number, distance: number): Point {
  return { x: centre.x + distance * Math.sin(angle), y: centre.y - distance * Math.cos(angle) };
}

export function degrees(value: number): number {
  return (value * Math.PI) / 180;
}
