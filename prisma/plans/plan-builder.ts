import type {
  PlanFileArea,
  PlanFileRow,
  PlanFileZone,
  Point,
  SeatingPlanFile,
} from '../../src/catalog/seating-plan/plan-file.ts';
import { bounds, round, shift } from './geometry.ts';

/*
 * All drawings share a scale: one unit is 2 cm, so seats stand 25 units (50 cm) apart and rows 40 units (80 cm).
 * Positions are rounded to a tenth of a unit.
 */
export const seatPitch = 25;
export const rowPitch = 40;
export const unitsPerMeter = 50;

/** A place to sit, before it has a number. A row lists them in order, neighbours next to each other. */
export type Place = Point & { category: string };

export type Section = { name: string; rows: Place[][] };

/**
 * Makes the file. Rows are numbered from 1 as they come (the first must be the front one), seats from 1 within
 * their row. The drawing is moved so that nothing of it is nearer than `margin` to its edges.
 */
export function buildPlan(
  name: string,
  categories: SeatingPlanFile['categories'],
  sections: Section[],
  areas: PlanFileArea[],
): SeatingPlanFile {
  const margin = 4 * rowPitch;
  const box = bounds([...sections.flatMap(({ rows }) => rows.flat()), ...areas.flatMap(outline)]);
  const offset = { x: margin - box.left, y: margin - box.top };
  const size = {
    width: Math.ceil(box.right - box.left + 2 * margin),
    height: Math.ceil(box.bottom - box.top + 2 * margin),
  };
  // The areas come first, in a zone of their own, so that they are drawn beneath all seats.
  const ground: PlanFileZone = { name: 'Ground', position: round(offset), rows: [], areas };
  const zones = sections.map((section) => buildZone(section, offset));
  return { name, size, categories, zones: [ground, ...zones] };
}

function buildZone({ name, rows }: Section, offset: Point): PlanFileZone {
  const position = round(shift(rows[0]?.[0] ?? { x: 0, y: 0 }, offset));
  const origin = { x: position.x - offset.x, y: position.y - offset.y };
  return { name, position, rows: rows.map((row, index) => buildRow(name, String(index + 1), row, origin)) };
}

function buildRow(section: string, rowNumber: string, row: Place[], origin: Point): PlanFileRow {
  const start = row[0] ?? origin;
  const position = round({ x: start.x - origin.x, y: start.y - origin.y });
  const seats = row.map(({ x, y, category }, index) => ({
    seat_guid: `${section}-${rowNumber}-${index + 1}`,
    seat_number: String(index + 1),
    position: round({ x: x - origin.x - position.x, y: y - origin.y - position.y }),
    category,
  }));
  return { row_number: rowNumber, position, seats };
}

function outline({ position = { x: 0, y: 0 }, rectangle, polygon }: PlanFileArea): Point[] {
  if (polygon) return polygon.points.map((point) => shift(position, point));
  return rectangle ? [position, shift(position, { x: rectangle.width, y: rectangle.height })] : [];
}
