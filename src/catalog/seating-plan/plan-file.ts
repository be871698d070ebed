/**
 * A seating plan file in pretix's JSON format, so that halls drawn with its editor can be imported
 * (pretix/pretix, src/pretix/static/seating/seating-plan.schema.json). Lists only the keys that are read.
 */
export type SeatingPlanFile = {
  name: string;
  size: { width: number; height: number };
  categories: { name: string; color?: string }[];
  zones: PlanFileZone[];
};

export type PlanFileZone = {
  /** Default: `zone_id`, then `uuid`. */
  name?: string;
  zone_id?: string;
  uuid?: string;
  position: Point;
  rows: PlanFileRow[];
  areas?: PlanFileArea[];
};

export type PlanFileRow = {
  row_number: string;
  /** Text on tickets instead of "row 3". `%s` is replaced by the row number. */
  row_label?: string | null;
  /** Text on tickets instead of "seat 12". `%s` is replaced by the seat number. */
  seat_label?: string | null;
  position?: Point;
  seats: PlanFileSeat[];
};

type PlanFileSeat = { seat_guid: string; seat_number: string; position: Point; category: string };

/** A shape beneath the seats. Older files have `width`, `height` and `text` in the area itself. */
export type PlanFileArea = {
  shape?: string;
  position?: Point;
  rotation?: number;
  color?: string;
  border_color?: string;
  rectangle?: { width: number; height: number };
  circle?: { radius: number };
  ellipse?: { radius: Point };
  polygon?: { points: Point[] };
  text?: string | { text: string; position?: Point; size?: number; color?: string };
  width?: number;
  height?: number;
};

export type Point = { x: number; y: number };
