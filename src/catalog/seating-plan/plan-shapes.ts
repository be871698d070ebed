import { z } from 'zod';
import { findNameFault, isVisible } from '../names.ts';
import { describeValue } from './plan-faults.ts';
import type { FaultList } from './plan-faults.ts';
import { planLimits } from './plan-limits.ts';

/*
 * One schema for each level of the file instead of one for the whole: the children of a level are read only after they
 * have been counted, so that a hostile file cannot cause a million issues at once. Unknown keys are ignored.
 */

function text(what: string, lengthMin: 0 | 1, lengthMax: number): z.ZodType<string> {
  const right = `it must be a string of ${lengthMin} to ${lengthMax} characters`;
  return z
    .string({ error: ({ input }) => `${what} is ${describeValue(input)}; ${right}.` })
    .superRefine((value, context) => {
      const fault = findNameFault(value, lengthMax, lengthMin);
      if (fault !== null) context.addIssue({ code: 'custom', message: `${what} ${fault}` });
    });
}

/** A text that may be empty. One without visible characters counts as empty. */
function optionalText(what: string, lengthMax: number): z.ZodType<string> {
  return text(what, 0, lengthMax).transform((value) => (isVisible(value) ? value : ''));
}

function number(what: string): z.ZodType<number> {
  return z.number({ error: ({ input }) => `${what} is ${describeValue(input)}; it must be a number.` });
}

function range(what: string, min: number, max: number): z.ZodType<number> {
  const error = ({ input }: { input?: unknown }): string =>
    `${what} is ${describeValue(input)}; it must be a number from ${min} to ${max}.`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

function list(what: string): z.ZodType<unknown[]> {
  // z.array would copy the elements, which are read one by one later.
  return z.custom<unknown[]>(Array.isArray, {
    error: ({ input }) => `${what} is ${describeValue(input)}; it must be an array.`,
  });
}

function object<Shape extends z.ZodRawShape>(what: string, shape: Shape): z.ZodObject<Shape> {
  return z.object(shape, {
    error: ({ input }) => `${what} is ${describeValue(input)}; it must be an object.`,
  });
}

const coordinate = (what: string): z.ZodType<number> =>
  range(what, -planLimits.coordinateMax, planLimits.coordinateMax);
const color = z.string({
  error: ({ input }) => `The color is ${describeValue(input)}; it must be a string.`,
});

const positionShape = object('The position', { x: coordinate('x'), y: coordinate('y') });

export const planShape = object('The plan', {
  name: text('The name of the plan', 1, planLimits.nameLengthMax),
  size: object('The size', { width: range('The width', 1, 1e6), height: range('The height', 1, 1e6) }),
  categories: list('The list of categories'),
  zones: list('The list of zones'),
});

export const categoryShape = object('The category', {
  name: text('The name of the category', 1, planLimits.categoryNameLengthMax),
  color: color.optional(),
});

/** A zone without seats is only decoration and needs no name. */
export const decorationShape = object('The zone', {
  position: positionShape,
  rows: list('The list of rows'),
  areas: list('The list of areas').optional(),
});

/** `readZones` checks the name, which may come from three keys. */
export const zoneShape = decorationShape.extend({
  name: z
    .string({ error: ({ input }) => `The name of the zone is ${describeValue(input)}; it must be a string.` })
    .optional(),
});

export const rowShape = object('The row', {
  row_number: optionalText('row_number', planLimits.numberLengthMax),
  row_label: optionalText('row_label', planLimits.labelLengthMax).nullish(),
  seat_label: optionalText('seat_label', planLimits.labelLengthMax).nullish(),
  position: positionShape.optional(),
  seats: list('The list of seats'),
});

export const seatShape = object('The seat', {
  seat_guid: text('seat_guid', 1, planLimits.guidLengthMax),
  seat_number: optionalText('seat_number', planLimits.numberLengthMax),
  position: positionShape,
  category: z.string({
    error: ({ input }) =>
      `The category is ${describeValue(input)}; it must be the name of one of the plan's categories.`,
  }),
});

// Areas are only decoration: just the types of their values are checked, and areas that cannot be drawn are omitted.
const drawnPosition = object('The position', { x: number('x'), y: number('y') });

const areaText = object('The text', {
  text: z.string({ error: ({ input }) => `The text is ${describeValue(input)}; it must be a string.` }),
  position: drawnPosition.optional(),
  size: number('The text size').optional(),
  color: color.optional(),
});

// The length is checked first, because millions of invalid points would cause millions of issues.
const polygonPoints = z
  .custom<unknown[]>((value) => Array.isArray(value) && value.length <= planLimits.polygonPointsMax, {
    error: `The points of a polygon must be an array of at most ${planLimits.polygonPointsMax} positions.`,
    abort: true,
  })
  .pipe(z.array(drawnPosition));

export const areaShape = object('The area', {
  shape: z
    .string({ error: ({ input }) => `The shape is ${describeValue(input)}; it must be a string.` })
    .optional(),
  position: drawnPosition.optional(),
  rotation: number('The rotation').optional(),
  color: color.optional(),
  border_color: color.optional(),
  rectangle: object('The rectangle', { width: number('The width'), height: number('The height') }).optional(),
  circle: object('The circle', { radius: number('The radius') }).optional(),
  ellipse: object('The ellipse', {
    radius: object('The radius', { x: number('The radius x'), y: number('The radius y') }),
  }).optional(),
  polygon: object('The polygon', {
    points: polygonPoints,
  }).optional(),
  text: z
    .union([z.string(), areaText], {
      error: 'The text of an area must be a string, or an object with text and position.',
    })
    .optional(),
  width: number('The width').optional(),
  height: number('The height').optional(),
});

/** Reads one level. Returns null if it has faults, which are added to the list with paths below `path`. */
export function readShape<T>(shape: z.ZodType<T>, value: unknown, path: string, faults: FaultList): T | null {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) faults.add(joinPath(path, issue.path), issue.message);
  return null;
}

function joinPath(base: string, keys: PropertyKey[]): string {
  let path = base;
  for (const key of keys)
    path += typeof key === 'number' ? `[${key}]` : `${path === '' ? '' : '.'}${String(key)}`;
  return path === '' ? '$' : path;
}
