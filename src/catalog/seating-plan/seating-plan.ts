import type { Point } from './plan-file.ts';

/** A seating plan after every check: positions are absolute, categories are numbers. */
export type SeatingPlan = {
  name: string;
  size: { width: number; height: number };
  categories: PlanCategory[];
  areas: PlanArea[];
  /** In the order of the file: zones, their rows, their seats. */
  seats: PlanSeat[];
};

export type PlanCategory = { name: string; color: string };

export type PlanSeat = {
  /** Its place in `seats`. */
  index: number;
  guid: string;
  /** The zone's name; no two zones with seats have names that look alike. */
  section: string;
  /** May be empty, as `number` may: a box or a table need not have rows. */
  row: string;
  number: string;
  /** What a ticket says, where the plan has labels of its own; without it, `seatLabel` of the three above. */
  label?: string;
  /** Its place in `categories`. */
  category: number;
  x: number;
  y: number;
};

/**
 * What is drawn beneath the seats. `x` and `y` are a rectangle's upper left corner and the centre of a circle or
 * an ellipse; polygon points are absolute. `rotation` is in degrees, clockwise, about `x` and `y`.
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

/** Centred on `x` and `y`, absolute; `size` is the font's, in drawing units. */
export type PlanAreaText = { text: string; x: number; y: number; size: number; color: string | null };

export type PlanFault = {
  /** Where in the file, such as `zones[2].rows[0].seats[14].seat_guid`; `$` is the whole file. */
  path: string;
  /** What is wrong, and what would be right. */
  message: string;
};
