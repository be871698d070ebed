/**
 * A seating plan as a file holds it: the form that pretix publishes a JSON schema for
 * (pretix/pretix, src/pretix/static/seating/seating-plan.schema.json), so that halls drawn with its editor
 * can be imported. Only the keys that are read here; a file may carry more.
 */
export type SeatingPlanFile = {
  name: string;
  size: { width: number; height: number };
  categories: { name: string; color?: string }[];
  zones: PlanFileZone[];
};

export type PlanFileZone = {
  /** Without a name, the zone is called by its `zone_id`, else by its `uuid`. */
  name?: string;
  zone_id?: string;
  uuid?: string;
  position: Point;
  rows: PlanFileRow[];
  areas?: PlanFileArea[];
};

export type PlanFileRow = {
  row_number: string;
  /** What a ticket says instead of "row 3". `%s` stands for the row number. */
  row_label?: string | null;
  /** What a ticket says instead of "seat 12", for each seat of the row. `%s` stands for the seat number. */
  seat_label?: string | null;
  position?: Point;
  seats: PlanFileSeat[];
};

export type PlanFileSeat = { seat_guid: string; seat_number: string; position: Point; category: string };

/** Shapes that are drawn beneath the seats. The form of older files has `width`, `height` and `text` directly. */
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
