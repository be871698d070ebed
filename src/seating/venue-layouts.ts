import { setImmediate } from 'node:timers/promises';
import type { PlanArea, PlanCategory } from '../catalog/seating-plan/seating-plan.ts';
import type { PrismaClient } from '../platform/db.ts';
import { frontOf, type Focus } from './front.ts';
import { readVenueColumns, type VenueColumns } from './venue-columns.sql.ts';

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
    const columns = await readVenueColumns(this.#db, venueId);
    const layout = { venueId, ...(await parseColumns(columns)) };
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

async function parseColumns({ slices, ...venue }: VenueColumns) {
  const section: string[] = [];
  const row: string[] = [];
  const number: string[] = [];
  const category: number[] = [];
  const x: number[] = [];
  const y: number[] = [];
  for (const slice of slices) {
    // Others have a turn in between.
    await setImmediate();
    append(section, slice.section);
    append(row, slice.row);
    append(number, slice.number);
    append(category, slice.category);
    append(x, slice.x);
    append(y, slice.y);
  }
  const front = frontOf(venue.width, venue.areas);
  return { ...venue, front, seatCount: section.length, section, row, number, category, x, y };
}

/** One by one, for as arguments they would not fit on the stack. */
function append(to: unknown[], json: string): void {
  for (const value of JSON.parse(json) as unknown[]) to.push(value);
}
