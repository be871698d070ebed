import type { z } from 'zod';
import { isVisible, toDrawableText } from '../names.ts';
import type { Point } from './plan-file.ts';
import type { FaultList } from './plan-faults.ts';
import { planLimits } from './plan-limits.ts';
import { areaShape, readShape } from './plan-shapes.ts';
import type { PlanArea, PlanAreaShape, PlanAreaText } from './seating-plan.ts';

type AreaFile = z.infer<typeof areaShape>;

// Colors are copied into drawings unchanged, so only texts that can be nothing else are accepted.
const drawableColor = /^(?:#[0-9a-f]{3,8}|[a-z]{3,30}|(?:rgb|hsl)a?\([\d\s.,%/]{1,40}\))$/i;
const textSizeDefault = 16;
const rotationMax = 3600;

/**
 * Reads a zone's areas. They are only decoration, so an area that cannot be drawn is omitted instead of being a fault:
 * an unknown shape, a polygon of two points, a negative width, coordinates beyond the limits.
 */
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
  if (shape === null || !isNear(at)) return null;
  const { rotation = 0 } = area;
  return {
    ...shape,
    ...at,
    rotation: Math.abs(rotation) <= rotationMax ? rotation : rotation % 360,
    color: toDrawableColor(area.color),
    borderColor: toDrawableColor(area.border_color),
    text: toText(area, at),
  };
}

function toShape(area: AreaFile, at: Point): PlanAreaShape | null {
  const { circle, ellipse, polygon } = area;
  // Older files have no `shape`: their areas are rectangles, with width and height in the area itself.
  switch (area.shape ?? 'rectangle') {
    case 'rectangle': {
      const { width, height } = area.rectangle ?? area;
      if (width === undefined || height === undefined) return null;
      return areLengths(width, height) ? { shape: 'rectangle', width, height } : null;
    }
    case 'circle':
      return circle && areLengths(circle.radius) ? { shape: 'circle', radius: circle.radius } : null;
    case 'ellipse': {
      if (ellipse === undefined) return null;
      const { x, y } = ellipse.radius;
      return areLengths(x, y) ? { shape: 'ellipse', radiusX: x, radiusY: y } : null;
    }
    case 'polygon': {
      const points = polygon?.points.map((point) => add(at, point)) ?? [];
      return points.length >= 3 && points.every(isNear) ? { shape: 'polygon', points } : null;
    }
    case 'text':
      return { shape: 'text' };
    default:
      return null;
  }
}

function toText(area: AreaFile, at: Point): PlanAreaText | null {
  const text = typeof area.text === 'string' ? fromOldFormat(area.text, area) : area.text;
  if (text === undefined) return null;
  const drawn = toDrawableText(text.text, planLimits.areaTextLengthMax);
  const place = add(at, text.position);
  if (!isVisible(drawn) || !isNear(place)) return null;
  const { size = textSizeDefault } = text;
  return {
    text: drawn,
    ...place,
    size: size > 0 && areLengths(size) ? size : textSizeDefault,
    color: toDrawableColor(text.color),
  };
}

/** Converts the text of an area in an older file, which is drawn in the area's center. */
function fromOldFormat(text: string, area: AreaFile): Exclude<AreaFile['text'], string> {
  return { text, position: { x: (area.width ?? 0) / 2, y: (area.height ?? 0) / 2 } };
}

function toDrawableColor(color: string | undefined): string | null {
  return color !== undefined && drawableColor.test(color) ? color : null;
}

function areLengths(...lengths: number[]): boolean {
  return lengths.every((length) => length >= 0 && length <= planLimits.coordinateMax);
}

/** Allows three times the limit: the positions of zone, row and seat add up. */
function isNear({ x, y }: Point): boolean {
  const max = 3 * planLimits.coordinateMax;
  return Math.abs(x) <= max && Math.abs(y) <= max;
}

/** Adds two points, rounded to a thousandth of a unit, so that 0.1 + 0.2 is 0.3. */
export function add(a: Point, b: Point | undefined): Point {
  return { x: roundThousandth(a.x + (b?.x ?? 0)), y: roundThousandth(a.y + (b?.y ?? 0)) };
}

function roundThousandth(value: number): number {
  return Math.round(value * 1000) / 1000;
}
