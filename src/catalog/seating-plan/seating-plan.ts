import type { Point } from './plan-file.ts';

/** A valid seating plan. Positions are absolute, and categories are indexes. */
export type SeatingPlan = {
  name: string;
  size: { width: number; height: number };
  categories: PlanCategory[];
  areas: PlanArea[];
  /** In the order of the file: by zone, row and seat. */
  seats: PlanSeat[];
};

export type PlanCategory = { name: string; color: string };

export type PlanSeat = {
  /** Index in `seats`. */
  index: number;
  guid: string;
  /** Name of the zone. No two zones with seats have names that look alike. */
  section: string;
  /** May be empty, like `number`: a box or a table need not have rows. */
  row: string;
  number: string;
  /** Text on the ticket, if the plan has its own labels. Otherwise `seatLabel` builds it from the three above. */
  label?: string;
  /** Index in `categories`. */
  category: number;
  x: number;
  y: number;
};

/**
 * A shape beneath the seats. `x` and `y` are the upper left corner of a rectangle, or the center of a circle or
 * ellipse. Polygon points are absolute. `rotation` is in degrees, clockwise, around `x` and `y`.
 */
export type PlanArea = PlanAreaShape & {
  x: number;
  y: number;
  rotation: number;
  color: string | null;
  borderColor: string | null;
  text: PlanAreaText | null;
};

export type PlanAreaShape =
  | { shape: 'rectangle'; width: number; height: number }
  | { shape: 'circle'; radius: number }
  | { shape: 'ellipse'; radiusX: number; radiusY: number }
  | { shape: 'polygon'; points: Point[] }
  | { shape: 'text' };

/** Text centered on the absolute position `x` and `y`. `size` is the font size in drawing units. */
export type PlanAreaText = { text: string; x: number; y: number; size: number; color: string | null };

export type PlanFault = {
  /** Path in the file, such as `zones[2].rows[0].seats[14].seat_guid`; `$` is the whole file. */
  path: string;
  /** What is wrong, and what is required. */
  message: string;
};
