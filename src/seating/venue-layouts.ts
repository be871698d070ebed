import type { PlanArea, PlanCategory } from '../catalog/seating-plan/seating-plan.ts';
import { sql, type PrismaClient } from '../platform/db.ts';
import { frontOf, type Focus } from './front.ts';

/** Where a venue's seats are, as parallel arrays in index order. Immutable. */
export interface VenueLayout {
  readonly venueId: number;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly categories: readonly PlanCategory[];
  readonly areas: readonly PlanArea[];
  /** What the seats look at. */
  readonly front: Focus;
  readonly seatCount: number;
  readonly section: readonly string[];
  readonly row: readonly string[];
  readonly number: readonly string[];
  readonly category: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Layouts of this many seats together are kept in memory, the least recently used going first: some 100 bytes a seat. */
const SEATS_KEPT_MAX = 400_000;

/** The layouts of venues, read once a process. A plan never changes, so nothing is ever stale. */
export class VenueLayouts {
  readonly #db: PrismaClient;
  readonly #kept = new Map<number, VenueLayout>();
  readonly #loading = new Map<number, Promise<VenueLayout>>();

  constructor(db: PrismaClient) {
    this.#db = db;
  }

  /** Single flight. The venue must exist. */
  async get(venueId: number): Promise<VenueLayout> {
    const kept = this.#kept.get(venueId);
    if (kept !== undefined) {
      this.#kept.delete(venueId);
      this.#kept.set(venueId, kept);
      return kept;
    }
    let loading = this.#loading.get(venueId);
    if (loading === undefined) {
      loading = this.#load(venueId).finally(() => this.#loading.delete(venueId));
      this.#loading.set(venueId, loading);
    }
    return loading;
  }

  async #load(venueId: number): Promise<VenueLayout> {
    const [row] = await this.#db.$queryRaw<
      Omit<VenueLayout, 'venueId' | 'seatCount' | 'front'>[]
    >(sql`/* readVenueLayout */
      SELECT v.name, v.width, v.height, v.categories, v.areas, s.*
      FROM venues v CROSS JOIN LATERAL (
        SELECT json_agg(section ORDER BY seat_index) AS section, json_agg("row" ORDER BY seat_index) AS "row",
               json_agg(number ORDER BY seat_index) AS number, json_agg(category ORDER BY seat_index) AS category,
               json_agg(x ORDER BY seat_index) AS x, json_agg(y ORDER BY seat_index) AS y
        FROM venue_seats WHERE venue_id = v.id) AS s
      WHERE v.id = ${venueId}`);
    if (row === undefined) throw new Error(`there is no venue ${venueId}`);
    const layout = { ...row, venueId, seatCount: row.section.length, front: frontOf(row.width, row.areas) };
    this.#kept.set(venueId, layout);
    this.#trim();
    return layout;
  }

  #trim(): void {
    let seats = 0;
    for (const layout of this.#kept.values()) seats += layout.seatCount;
    for (const [id, layout] of this.#kept) {
      if (seats <= SEATS_KEPT_MAX || this.#kept.size === 1) return;
      seats -= layout.seatCount;
      this.#kept.delete(id);
    }
  }
}
