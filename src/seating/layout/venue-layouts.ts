import type { PrismaClient } from '../../platform/database/db.ts';
import { oneAtATime, runInThread } from '../../platform/threads.ts';
import { layOutColumns } from './lay-out-columns.ts';
import { readVenueColumns, type VenueColumns } from './venue-columns.sql.ts';
import type { VenueLayout } from './venue-layout.ts';

/** Layouts of this many seats together are kept in memory, the least recently used going first: some 40 bytes a seat. */
const SEATS_KEPT_MAX = 1_000_000;
/** A venue that is read in one slice is laid out within some milliseconds, sooner than a thread would begin. */
const SLICES_AT_ONCE_MAX = 1;
/** Venues that wait to be laid out: a quarter of a second each for the largest. */
const WAITING_MAX = 64;
const VENUE_WORKER = new URL('venue-worker.ts', import.meta.url);

/** The layouts of venues, read once a process. A plan never changes, so nothing is ever stale. */
export class VenueLayouts {
  readonly #db: PrismaClient;
  readonly #kept = new Map<number, VenueLayout>();
  readonly #loading = new Map<number, Promise<VenueLayout>>();
  readonly #oneAtATime = oneAtATime(WAITING_MAX);

  constructor(db: PrismaClient) {
    this.#db = db;
  }

  /**
   * Single flight. The venue must exist.
   *
   * @throws {BusyError} where too many venues wait to be laid out already.
   */
  async get(venueId: number): Promise<VenueLayout> {
    const kept = this.#kept.get(venueId);
    if (kept !== undefined) {
      this.#kept.delete(venueId);
      this.#kept.set(venueId, kept);
      return kept;
    }
    let loading = this.#loading.get(venueId);
    if (loading === undefined) {
      loading = this.#oneAtATime(() => this.#load(venueId)).finally(() => this.#loading.delete(venueId));
      this.#loading.set(venueId, loading);
    }
    return loading;
  }

  async #load(venueId: number): Promise<VenueLayout> {
    const columns = await readVenueColumns(this.#db, venueId);
    const layout = await layOut(columns);
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

async function layOut(columns: VenueColumns): Promise<VenueLayout> {
  if (columns.slices.length <= SLICES_AT_ONCE_MAX) return layOutColumns(columns);
  return runInThread<VenueLayout>(VENUE_WORKER, columns);
}
