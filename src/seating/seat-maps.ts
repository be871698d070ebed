import type { PrismaClient } from '../platform/db.ts';
import type { LiveFeeds } from './live-feeds.ts';
import type { SeatMap, SeatMapCache } from './seat-map-cache.ts';
import { readSeatMaps } from './seat-map.sql.ts';

export interface SeatMapsContext {
  readonly db: PrismaClient;
  readonly feeds: LiveFeeds;
  readonly cache: SeatMapCache;
}

/** What several may wait for, by event; one at a time of each. */
type UnderWay = Map<number, Promise<SeatMap | null>>;

/**
 * The seat maps of events, from where they are cheapest: the live feed of this process, else the Redis cache, else the
 * database, which is asked once however many want to know.
 *
 * Whoever asks says which version the map must have at least: the one of the event's row as the caller read it. So a map
 * is never older than the rest of an answer, and whoever has had a booking confirmed sees it; and neither a feed nor a
 * cache that has missed something (Redis was away, a process ended between COMMIT and publishing) can hide it.
 */
export class SeatMaps {
  readonly #ctx: SeatMapsContext;
  readonly #fetching: UnderWay = new Map();
  readonly #reading: UnderWay = new Map();

  constructor(ctx: SeatMapsContext) {
    this.#ctx = ctx;
  }

  /** Null where there is no such event. */
  async get(eventId: number, atLeastVersion: number): Promise<SeatMap | null> {
    return (await this.getMany(new Map([[eventId, atLeastVersion]]))).get(eventId) ?? null;
  }

  /** By event, the least version of each. At most two statements for all of them. Those that do not exist are left out. */
  async getMany(wanted: ReadonlyMap<number, number>): Promise<ReadonlyMap<number, SeatMap>> {
    const found = new Map<number, SeatMap>();
    const missing = await this.#fromCache(this.#fromMemory(wanted, found), found);
    // What is being read already may be too old for this caller. What is being read when that is over was begun since
    // the caller came, and does: so each event is read by one at a time, however fast its versions follow.
    const tooOld = await this.#fromDatabase(missing, found);
    await this.#fromDatabase(tooOld, found);
    return found;
  }

  /** The version of the map in this process's memory; null where it follows no such event. */
  liveVersion(eventId: number): number | null {
    return this.#inMemory(eventId)?.version ?? null;
  }

  #inMemory(eventId: number): SeatMap | null {
    return this.#ctx.feeds.peek(eventId)?.peek() ?? null;
  }

  #fromMemory(wanted: ReadonlyMap<number, number>, found: Map<number, SeatMap>): Map<number, number> {
    const missing = new Map<number, number>();
    for (const [eventId, atLeast] of wanted) {
      const map = this.#inMemory(eventId);
      if (map !== null && map.version >= atLeast) found.set(eventId, map);
      else missing.set(eventId, atLeast);
    }
    return missing;
  }

  async #fromCache(
    wanted: ReadonlyMap<number, number>,
    found: Map<number, SeatMap>,
  ): Promise<Map<number, number>> {
    const missing = new Map<number, number>();
    const fetchOne = async ([eventId, atLeast]: [number, number]) => {
      const cached = await this.#fetch(eventId);
      if (cached !== null && cached.version >= atLeast) found.set(eventId, cached);
      else missing.set(eventId, atLeast);
    };
    await Promise.all([...wanted].map(fetchOne));
    return missing;
  }

  async #fetch(eventId: number): Promise<SeatMap | null> {
    // Somebody found that the cache has nothing that will do.
    if (this.#reading.has(eventId)) return null;
    return this.#fetching.get(eventId) ?? share(this.#fetching, eventId, this.#ctx.cache.read(eventId));
  }

  /** Reads what nobody is reading, waits for the rest. Returns those whose map is older than wanted. */
  async #fromDatabase(
    wanted: ReadonlyMap<number, number>,
    found: Map<number, SeatMap>,
  ): Promise<Map<number, number>> {
    const free = [...wanted.keys()].filter((eventId) => !this.#reading.has(eventId));
    if (free.length > 0) this.#startReading(free);
    const tooOld = new Map<number, number>();
    const readOne = async ([eventId, atLeast]: [number, number]) => {
      const map = await this.#reading.get(eventId);
      if (map == null) return; // There is no such event.
      found.set(eventId, map);
      if (map.version < atLeast) tooOld.set(eventId, atLeast);
    };
    await Promise.all([...wanted].map(readOne));
    return tooOld;
  }

  #startReading(eventIds: readonly number[]): void {
    const all = this.#read(eventIds);
    for (const eventId of eventIds) {
      const reading = all.then((maps) => maps.get(eventId) ?? null);
      void share(this.#reading, eventId, reading); // Awaited from there, by everybody who wants it.
    }
  }

  async #read(eventIds: readonly number[]): Promise<ReadonlyMap<number, SeatMap>> {
    const maps = new Map<number, SeatMap>();
    for (const [eventId, { version, states }] of await readSeatMaps(this.#ctx.db, eventIds)) {
      const map = { version, states: states.toBase64() };
      maps.set(eventId, map);
      void this.#ctx.cache.store(eventId, states.seatCount, map);
    }
    return maps;
  }
}

/** Forgets it before whoever waits for it goes on. */
function share(underWay: UnderWay, eventId: number, work: Promise<SeatMap | null>): Promise<SeatMap | null> {
  const shared = work.finally(() => underWay.delete(eventId));
  underWay.set(eventId, shared);
  return shared;
}
