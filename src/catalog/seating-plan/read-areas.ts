import type { z } from 'zod';
import type { Point } from './plan-file.ts';
import type { FaultList } from './plan-faults.ts';
import { areaShape, readShape } from './plan-shapes.ts';
import type { PlanArea, PlanAreaShape, PlanAreaText } from './seating-plan.ts';

type AreaFile = z.infer<typeof areaShape>;

// A color goes into drawings as it is: only what can be nothing but a color passes.
const drawable = /^(?:#[0-9a-f]{3,8}|[a-z]{3,30}|(?:rgb|hsl)a?\([\d\s.,%/]{1,40}\))$/i;
const textSizeDefault = 16;

/** Reads a zone's areas. They decorate: one of a shape that is not known here is left out, and is no fault. */
export function readAreas(areas: unknown[], origin: Point, path: string, faults: FaultList): PlanArea[] {
  return areas.flatMap((value, index) => {
    const area = readShape(areaShape, value, `${path}[${index}]`, faults);
    const read = area === null ? null : toPlanArea(area, origin);
    return read === null ? [] : [read];
  });
}

function toPlanArea(area: AreaFile, origin: Point): PlanArea | null {
  const at = add(origin, area.position);
  const shape = toShape(area, at);
  if (shape === null) return null;
  return {
    ...shape,
    ...at,
    rotation: area.rotation ?? 0,
    color: drawableOrNull(area.color),
    borderColor: drawableOrNull(area.border_color),
    text: toText(area, at),
  };
}

function toShape(area: AreaFile, at: Point): PlanAreaShape | null {
  const { rectangle, circle, ellipse, polygon } = area;
  // Older files have no `shape`; theirs are rectangles, with the measures directly in the area.
  const shape = area.shape ?? 'rectangle';
  if (shape === 'rectangle') {
    const { width, height } = rectangle ?? area;
    return width === undefined || height === undefined ? null : { shape, width, height };
  }
  if (shape === 'circle' && circle) return { shape, radius: circle.radius };
  if (shape === 'ellipse' && ellipse) return { shape, radiusX: ellipse.radius.x, radiusY: ellipse.radius.y };
  if (shape === 'polygon' && polygon) return { shape, points: polygon.points.map((point) => add(at, point)) };
  return shape === 'text' ? { shape } : null;
}

function toText(area: AreaFile, at: Point): PlanAreaText | null {
  const { text } = area;
  if (text === undefined || text === '') return null;
  if (typeof text !== 'string') {
    const { size = textSizeDefault, color } = text;
    return text.text === ''
      ? null
      : { text: text.text, ...add(at, text.position), size, color: drawableOrNull(color) };
  }
  const middle = { x: (area.width ?? 0) / 2, y: (area.height ?? 0) / 2 };
  return { text, ...add(at, middle), size: textSizeDefault, color: null };
}

function drawableOrNull(color: string | undefined): string | null {
  return color !== undefined && drawable.test(color) ? color : null;
}

/** Sums are rounded to a thousandth of a unit, so that 0.1 + 0.2 is 0.3. */
export function add(a: Point, b: Point | undefined): Point {
  return { x: roundThousandth(a.x + (b?.x ?? 0)), y: roundThousandth(a.y + (b?.y ?? 0)) };
}

function roundThousandth(value: number): number {
  return Math.round(value * 1000) / 1000;
}
