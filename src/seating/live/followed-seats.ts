import { Cache } from '../../platform/cache.ts';
import type { PrismaClient } from '../../platform/database/db.ts';
import { BusyError } from '../../platform/errors.ts';
import { Semaphore } from '../../platform/semaphore.ts';
import type { EventInfo } from '../layout/event-info.ts';
import type { EventLayouts } from '../layout/event-layouts.ts';
import { VenueWords, type SeatWords } from './seat-words.ts';
import { readVenueColumns } from '../layout/venue-columns.sql.ts';

/** Some twenty bytes a seat, a hundred if each has its own label. */
const defaultLimits = {
  /** Maximum number of seats in memory without subscribers; the least recently used venue is evicted first. */
  unusedSeatsMax: 300_000,
  /** Maximum number of seats of all venues that are followed. One venue is always possible. */
  seatsMax: 2_000_000,
};
/** Maximum number of venues that wait to be read: a quarter of a second each for the largest. */
const WAITING_MAX = 64;
const RETRY_AFTER_SECONDS = 10;

export interface FollowedSeat extends SeatWords {
  readonly tier: EventInfo['tiers'][number];
  readonly currency: string;
}

interface Venue {
  readonly venueId: number;
  readonly words: Promise<VenueWords>;
  readonly seatCount: number;
  followers: number;
}

interface FollowedEvent {
  readonly info: EventInfo;
  readonly words: VenueWords;
  followers: number;
}

/**
 * What never changes of the seats of events, in memory while it is needed: a message of the live map is rendered once
 * for all subscribers, in one go, and cannot wait for a database.
 */
export class FollowedSeats {
  readonly #db: PrismaClient;
  readonly #layouts: EventLayouts;
  readonly #limits: typeof defaultLimits;
  readonly #events = new Map<number, FollowedEvent>();
  /** Venues that are followed. */
  readonly #venues = new Map<number, Venue>();
  /** Venues that are not followed at the moment. */
  readonly #unused: Cache<number, Venue>;
  readonly #oneAtATime = new Semaphore(1, WAITING_MAX);

  constructor(db: PrismaClient, layouts: EventLayouts, limits = defaultLimits) {
    this.#db = db;
    this.#layouts = layouts;
    this.#limits = limits;
    // guard: unfollowed-venues-dropped
    this.#unused = new Cache({ sizeMax: limits.unusedSeatsMax, getSize: ({ seatCount }) => seatCount });
  }

  /**
   * Makes the seats of an event, which must exist, available to `get` until the returned function is called.
   *
   * @throws {BusyError} if too many seats are followed already, or too many venues wait to be read.
   */
  async follow(eventId: number): Promise<() => void> {
    const info = await this.#layouts.info(eventId);
    if (info === null) throw new Error(`event ${eventId} does not exist`);
    const venue = this.#acquire(info);
    try {
      const words = await venue.words;
      const event = this.#events.get(eventId) ?? { info, words, followers: 0 };
      this.#events.set(eventId, event);
      event.followers++;
      return () => {
        event.followers--;
        if (event.followers === 0) this.#events.delete(eventId); // guard: unfollowed-seats-dropped
        this.#release(venue);
      };
    } catch (error) {
      this.#release(venue);
      throw error;
    }
  }

  /** Null if the event is not followed, or has no such seat. */
  get(eventId: number, index: number): FollowedSeat | null {
    const event = this.#events.get(eventId);
    const words = event?.words.at(index) ?? null;
    const tier = words === null ? undefined : event?.info.tiers[words.category];
    if (event === undefined || words === null || tier === undefined) return null;
    return { ...words, tier, currency: event.info.currency };
  }

  /** Concurrent callers share the read of a venue. */
  #acquire({ venueId, seatsTotal }: EventInfo): Venue {
    const venue = this.#venues.get(venueId) ?? this.#add(venueId, seatsTotal);
    venue.followers++;
    return venue;
  }

  #add(venueId: number, seatCount: number): Venue {
    const used = [...this.#venues.values()];
    // guard: followed-seats-limit
    if (used.length > 0 && seatsOf(used) + seatCount > this.#limits.seatsMax)
      throw BusyError.retryAfter(RETRY_AFTER_SECONDS);
    const venue = this.#unused.get(venueId) ?? this.#startReading(venueId, seatCount);
    this.#unused.delete(venueId);
    this.#venues.set(venueId, venue);
    return venue;
  }

  #startReading(venueId: number, seatCount: number): Venue {
    const venue = { venueId, words: this.#read(venueId), seatCount, followers: 0 };
    // Its followers release it after this, so that it does not become an unused venue.
    venue.words.catch(() => this.#venues.delete(venueId));
    return venue;
  }

  async #read(venueId: number): Promise<VenueWords> {
    return this.#oneAtATime.run(async () => VenueWords.parse(await readVenueColumns(this.#db, venueId)));
  }

  #release(venue: Venue): void {
    venue.followers--;
    if (venue.followers > 0 || this.#venues.get(venue.venueId) !== venue) return;
    this.#venues.delete(venue.venueId);
    this.#unused.set(venue.venueId, venue);
  }
}

function seatsOf(venues: readonly Venue[]): number {
  return venues.reduce((sum, { seatCount }) => sum + seatCount, 0);
}
