import { Cache } from '../../platform/cache.ts';
import type { ReplicaReads } from '../../platform/database/replicas/replicas.ts';
import { Semaphore } from '../../platform/semaphore.ts';
import { SingleFlight } from '../../platform/single-flight.ts';
import { runInThread } from '../../platform/threads.ts';
import { readVenueColumns, type VenueColumns } from './venue-columns.sql.ts';
import { computeVenueLayout, type VenueLayout } from './venue-layout.ts';

/** Maximum number of seats in all cached layouts, at about 40 bytes each. */
const SEATS_MAX = 1_000_000;
/** Maximum number of slices to compute on the main thread, in less time than a worker takes to start. */
const MAIN_THREAD_SLICES_MAX = 1;
/** Maximum number of venues that wait to be computed. The largest take 250 ms each. */
const WAITING_MAX = 64;
const VENUE_WORKER = new URL('venue-worker.ts', import.meta.url);

/** The layouts of venues, cached. A plan never changes, so no entry becomes stale. */
export class VenueLayouts {
  readonly #replicas: ReplicaReads;
  // A layout that exceeds the limit by itself replaces all others.
  readonly #layouts = new Cache<number, VenueLayout>({
    sizeMax: SEATS_MAX,
    getSize: ({ seatCount }) => Math.min(seatCount, SEATS_MAX),
  });
  readonly #loading = new SingleFlight<number, VenueLayout>();
  readonly #oneAtATime = new Semaphore(1, WAITING_MAX);

  constructor(replicas: ReplicaReads) {
    this.#replicas = replicas;
  }

  /**
   * Returns the layout of a venue, which must exist.
   *
   * @throws {BusyError} if too many venues wait to be computed.
   */
  async get(venueId: number): Promise<VenueLayout> {
    return (
      this.#layouts.get(venueId) ??
      this.#loading.run(venueId, () => this.#oneAtATime.run(() => this.#load(venueId)))
    );
  }

  async #load(venueId: number): Promise<VenueLayout> {
    const columns = await this.#replicas.read((db) => readVenueColumns(db, venueId));
    const layout = await compute(columns);
    this.#layouts.set(venueId, layout);
    return layout;
  }
}

async function compute(columns: VenueColumns): Promise<VenueLayout> {
  if (columns.slices.length <= MAIN_THREAD_SLICES_MAX) return computeVenueLayout(columns);
  return runInThread<VenueLayout>(VENUE_WORKER, columns);
}
