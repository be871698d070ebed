import { Cache } from '../../platform/cache.ts';
import type { ReplicaReads } from '../../platform/database/replicas/replicas.ts';
import { BusyError } from '../../platform/errors.ts';
import { Semaphore } from '../../platform/semaphore.ts';
import type { EventInfo } from '../layout/event-info.sql.ts';
import type { EventLayouts } from '../layout/event-layouts.ts';
import { VenueSeatLabels, type SeatLabels } from './seat-labels.ts';
import { readVenueColumns } from '../layout/venue-columns.sql.ts';

/** A seat takes about 20 bytes, or 100 if each seat has its own label. */
const defaultLimits = {
  /** Maximum number of seats in memory that are not in use. The least recently used venue is evicted first. */
  unusedSeatsMax: 300_000,
  /** Maximum number of seats of all venues in use. One venue of any size is always possible. */
  seatsMax: 2_000_000,
};
/** Maximum number of venues that wait to be read. The largest take 250 ms each. */
const WAITING_MAX = 64;
const RETRY_AFTER_SECONDS = 10;

export interface SeatDetail extends SeatLabels {
  readonly tier: EventInfo['tiers'][number];
  readonly currency: string;
}

interface Venue {
  readonly venueId: number;
  readonly labels: Promise<VenueSeatLabels>;
  readonly seatCount: number;
  users: number;
}

interface RetainedEvent {
  readonly info: EventInfo;
  readonly labels: VenueSeatLabels;
  users: number;
}

/**
 * Static details of the seats of events, in memory while they are in use. A message of the live map is rendered once for
 * all subscribers, synchronously, so it cannot wait for the database.
 */
export class SeatDetails {
  readonly #replicas: ReplicaReads;
  readonly #layouts: EventLayouts;
  readonly #limits: typeof defaultLimits;
  readonly #events = new Map<number, RetainedEvent>();
  /** Venues in use. */
  readonly #venues = new Map<number, Venue>();
  /** Venues that are not in use. */
  readonly #unused: Cache<number, Venue>;
  readonly #oneAtATime = new Semaphore(1, WAITING_MAX);

  constructor(replicas: ReplicaReads, layouts: EventLayouts, limits = defaultLimits) {
    this.#replicas = replicas;
    this.#layouts = layouts;
    this.#limits = limits;
    // guard: unretained-venues-dropped
    this.#unused = new Cache({ sizeMax: limits.unusedSeatsMax, getSize: ({ seatCount }) => seatCount });
  }

  /**
   * Makes the seats of an event available to `get` until the returned function is called. The event must exist.
   *
   * @throws {BusyError} if too many seats are in use, or too many venues wait to be read.
   */
  async retain(eventId: number): Promise<() => void> {
    const info = await this.#layouts.info(eventId);
    if (info === null) throw new Error(`event ${eventId} does not exist`);
    const venue = this.#acquire(info);
    try {
      const labels = await venue.labels;
      const event = this.#events.get(eventId) ?? { info, labels, users: 0 };
      this.#events.set(eventId, event);
      event.users++;
      return () => {
        event.users--;
        if (event.users === 0) this.#events.delete(eventId); // guard: unretained-seats-dropped
        this.#release(venue);
      };
    } catch (error) {
      this.#release(venue);
      throw error;
    }
  }

  /** Returns null if the event is not retained, or has no such seat. */
  get(eventId: number, index: number): SeatDetail | null {
    const event = this.#events.get(eventId);
    const seat = event?.labels.get(index) ?? null;
    const tier = seat === null ? undefined : event?.info.tiers[seat.category];
    if (event === undefined || seat === null || tier === undefined) return null;
    return { ...seat, tier, currency: event.info.currency };
  }

  /** Concurrent callers share the read of a venue. */
  #acquire({ venueId, seatsTotal }: EventInfo): Venue {
    const venue = this.#venues.get(venueId) ?? this.#add(venueId, seatsTotal);
    venue.users++;
    return venue;
  }

  #add(venueId: number, seatCount: number): Venue {
    const used = [...this.#venues.values()];
    // guard: retained-seats-limit
    if (used.length > 0 && countSeats(used) + seatCount > this.#limits.seatsMax)
      throw BusyError.retryAfter(RETRY_AFTER_SECONDS);
    const venue = this.#unused.get(venueId) ?? this.#startReading(venueId, seatCount);
    this.#unused.delete(venueId);
    this.#venues.set(venueId, venue);
    return venue;
  }

  #startReading(venueId: number, seatCount: number): Venue {
    const venue = { venueId, labels: this.#read(venueId), seatCount, users: 0 };
    // Its users release it after this, so it does not become an unused venue.
    venue.labels.catch(() => this.#venues.delete(venueId));
    return venue;
  }

  async #read(venueId: number): Promise<VenueSeatLabels> {
    const read = () => this.#replicas.read((db) => readVenueColumns(db, venueId));
    return this.#oneAtATime.run(async () => VenueSeatLabels.parse(await read()));
  }

  #release(venue: Venue): void {
    venue.users--;
    if (venue.users > 0 || this.#venues.get(venue.venueId) !== venue) return;
    this.#venues.delete(venue.venueId);
    this.#unused.set(venue.venueId, venue);
  }
}

function countSeats(venues: readonly Venue[]): number {
  return venues.reduce((sum, { seatCount }) => sum + seatCount, 0);
}
