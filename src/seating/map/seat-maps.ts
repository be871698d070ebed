import type { PrismaClient } from '../../platform/database/db.ts';
import { SingleFlight } from '../../platform/single-flight.ts';
import type { SeatVersion } from '../../messaging/messages.ts';
import type { LiveFeeds } from '../live/live-feeds.ts';
import type { SeatMap, SeatMapCache } from './seat-map-cache.ts';
import { isRecorded, readSeatMaps } from './seat-map.sql.ts';

export interface SeatMapsContext {
  readonly db: PrismaClient;
  readonly feeds: LiveFeeds;
  readonly cache: SeatMapCache;
}

/** By event, the version that a map must have at least. */
type Wanted = ReadonlyMap<number, SeatVersion>;

/**
 * The seat maps of events, from where they are cheapest: the live feed of this process, else the Redis cache, else the
 * database, which is asked once however many want to know.
 *
 * Whoever asks says which version the map must have at least: the one of the event's row as the caller read it. So a map
 * is never older than the rest of an answer, and whoever has had a booking confirmed sees it; and neither a feed nor a
 * cache that has missed something (Redis was away, a process ended between COMMIT and publishing) can hide it.
 *
 * After lost commits a feed or the cache can have a map of a history that the database no longer has, under a number
 * that it has reached again. So a map of the caller's version must be of the caller's batch, and a cached map that is
 * further must be of a batch on record. A feed that is further finds out with its next poll.
 */
export class SeatMaps {
  readonly #ctx: SeatMapsContext;
  readonly #fetching = new SingleFlight<number, SeatMap | null>();
  readonly #reading = new SingleFlight<number, SeatMap | null>();
  /** Checks whether a batch is on record, by batch ID. */
  readonly #checking = new SingleFlight<string, boolean>();

  constructor(ctx: SeatMapsContext) {
    this.#ctx = ctx;
  }

  /** Null where there is no such event. */
  async get(eventId: number, atLeast: SeatVersion): Promise<SeatMap | null> {
    return (await this.getMany(new Map([[eventId, atLeast]]))).get(eventId) ?? null;
  }

  /** By event, the least version of each. At most two statements for all of them. Those that do not exist are left out. */
  async getMany(wanted: Wanted): Promise<ReadonlyMap<number, SeatMap>> {
    const found = new Map<number, SeatMap>();
    const missing = await this.#fromCache(this.#fromMemory(wanted, found), found);
    // What is being read already may be too old for this caller. What is being read when that is over was begun since
    // the caller came, and does: so each event is read by one at a time, however fast its versions follow.
    const tooOld = await this.#fromDatabase(missing, found);
    await this.#fromDatabase(tooOld, found); // guard: joined-read-fresh
    return found;
  }

  /** The version of the map in this process's memory; null where it follows no such event. */
  liveVersion(eventId: number): SeatVersion | null {
    return this.#ctx.feeds.peek(eventId)?.peek() ?? null;
  }

  #fromMemory(wanted: Wanted, found: Map<number, SeatMap>): Wanted {
    const missing = new Map<number, SeatVersion>();
    for (const [eventId, atLeast] of wanted) {
      const feed = this.#ctx.feeds.peek(eventId);
      const map = feed?.peek() ?? null;
      const fit = map === null ? 'older' : fitOf(map, atLeast);
      // guard: kept-map-fresh
      if (map !== null && (fit === 'same' || fit === 'newer')) found.set(eventId, map);
      else missing.set(eventId, atLeast);
      if (fit === 'conflict') feed?.compareWith(atLeast, 0);
    }
    return missing;
  }

  async #fromCache(wanted: Wanted, found: Map<number, SeatMap>): Promise<Wanted> {
    const missing = new Map<number, SeatVersion>();
    const fetchOne = async ([eventId, atLeast]: [number, SeatVersion]) => {
      const cached = await this.#fetch(eventId);
      if (cached === null) return void missing.set(eventId, atLeast);
      const fit = fitOf(cached, atLeast);
      // guard: cached-map-fresh
      // guard: newer-cached-map-on-record
      if (fit === 'same' || (fit === 'newer' && (await this.#isRecorded(eventId, cached))))
        return void found.set(eventId, cached);
      missing.set(eventId, atLeast);
      // It is of a lost history: another can take its place now.
      if (fit !== 'older') void this.#ctx.cache.discard(eventId, cached); // guard: lost-history-map-discarded
    };
    await Promise.all([...wanted].map(fetchOne));
    return missing;
  }

  async #fetch(eventId: number): Promise<SeatMap | null> {
    // Somebody found that the cache has nothing that will do.
    if (this.#reading.has(eventId)) return null;
    return this.#fetching.run(eventId, () => this.#ctx.cache.read(eventId));
  }

  /** Also true while the database does not answer: the cache is then the best there is. */
  #isRecorded(eventId: number, map: SeatVersion): Promise<boolean> {
    return this.#checking.run(map.batchId, () => isRecorded(this.#ctx.db, eventId, map).catch(() => true));
  }

  /** Reads the maps that no other call is reading, and waits for the rest. Returns events whose map is still too old. */
  async #fromDatabase(wanted: Wanted, found: Map<number, SeatMap>): Promise<Wanted> {
    const free = [...wanted.keys()].filter((eventId) => !this.#reading.has(eventId)); // guard: one-map-read-at-a-time
    if (free.length > 0) this.#startReading(free);
    const tooOld = new Map<number, SeatVersion>();
    const readOne = async ([eventId, atLeast]: [number, SeatVersion]) => {
      const map = await this.#reading.get(eventId);
      if (map == null) return; // There is no such event.
      found.set(eventId, map);
      if (map.version < atLeast.version) tooOld.set(eventId, atLeast);
    };
    await Promise.all([...wanted].map(readOne));
    return tooOld;
  }

  #startReading(eventIds: readonly number[]): void {
    const all = this.#read(eventIds);
    // Callers await the promises through #reading.
    for (const eventId of eventIds)
      void this.#reading.run(eventId, async () => (await all).get(eventId) ?? null);
  }

  async #read(eventIds: readonly number[]): Promise<ReadonlyMap<number, SeatMap>> {
    const maps = new Map<number, SeatMap>();
    for (const [eventId, { version, batchId, states }] of await readSeatMaps(this.#ctx.db, eventIds)) {
      const map = { version, batchId, states: states.toBase64() };
      maps.set(eventId, map);
      void this.#ctx.cache.store(eventId, states.seatCount, map);
    }
    return maps;
  }
}

/** How a map relates to a version that the database has. `conflict`: one of the two is of a lost history. */
function fitOf(map: SeatVersion, known: SeatVersion): 'older' | 'same' | 'newer' | 'conflict' {
  if (map.version !== known.version) return map.version < known.version ? 'older' : 'newer';
  return map.batchId === known.batchId ? 'same' : 'conflict'; // guard: cached-map-batch
}
