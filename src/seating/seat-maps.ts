import type { PrismaClient } from '../platform/db.ts';
import type { LiveFeeds } from './live-feeds.ts';
import type { SeatMap, SeatMapCache } from './seat-map-cache.ts';
import { readSeatMaps } from './seat-map.sql.ts';

export interface SeatMapsContext {
  readonly db: PrismaClient;
  readonly feeds: LiveFeeds;
  readonly cache: SeatMapCache;
}

interface Reading {
  /** The version that it was begun for. */
  readonly atLeast: number;
  readonly map: Promise<SeatMap | null>;
}

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
  readonly #reading = new Map<number, Reading>();

  constructor(ctx: SeatMapsContext) {
    this.#ctx = ctx;
  }

  /** Null where there is no such event. */
  async get(eventId: number, atLeastVersion: number): Promise<SeatMap | null> {
    return (await this.getMany(new Map([[eventId, atLeastVersion]]))).get(eventId) ?? null;
  }

  /** By event, the least version of each. At most one statement for all of them. Those that do not exist are left out. */
  async getMany(wanted: ReadonlyMap<number, number>): Promise<ReadonlyMap<number, SeatMap>> {
    const found = new Map<number, SeatMap>();
    const missing = new Map<number, number>();
    for (const [eventId, atLeast] of wanted) {
      const map = this.#inMemory(eventId);
      if (map !== null && map.version >= atLeast) found.set(eventId, map);
      else missing.set(eventId, atLeast);
    }
    // What is being read already may be too old for this caller. The second time it joins only who wants as new a map.
    const tooOld = await this.#collect(missing, found, () => true);
    if (tooOld.size > 0) await this.#collect(tooOld, found, (reading, atLeast) => reading.atLeast >= atLeast);
    return found;
  }

  /** The version of the map in this process's memory; null where it follows no such event. */
  liveVersion(eventId: number): number | null {
    return this.#inMemory(eventId)?.version ?? null;
  }

  #inMemory(eventId: number): SeatMap | null {
    return this.#ctx.feeds.peek(eventId)?.peek() ?? null;
  }

  /** Reads what nobody is reading for whom it may join, waits for the rest. Returns those whose map is older than wanted. */
  async #collect(
    wanted: ReadonlyMap<number, number>,
    found: Map<number, SeatMap>,
    mayJoin: (reading: Reading, atLeast: number) => boolean,
  ): Promise<ReadonlyMap<number, number>> {
    const free = new Map(
      [...wanted].filter(([eventId, atLeast]) => {
        const reading = this.#reading.get(eventId);
        return reading === undefined || !mayJoin(reading, atLeast);
      }),
    );
    if (free.size > 0) this.#start(free);
    const tooOld = new Map<number, number>();
    await Promise.all(
      [...wanted].map(async ([eventId, atLeast]) => {
        const map = await this.#reading.get(eventId)?.map;
        if (map == null) return;
        found.set(eventId, map);
        if (map.version < atLeast) tooOld.set(eventId, atLeast);
      }),
    );
    return tooOld;
  }

  #start(wanted: ReadonlyMap<number, number>): void {
    const all = this.#read(wanted);
    for (const [eventId, atLeast] of wanted) {
      const reading = { atLeast, map: all.then((maps) => maps.get(eventId) ?? null) };
      this.#reading.set(eventId, reading);
      const over = () => {
        if (this.#reading.get(eventId) === reading) this.#reading.delete(eventId);
      };
      reading.map.then(over, over);
    }
  }

  async #read(wanted: ReadonlyMap<number, number>): Promise<ReadonlyMap<number, SeatMap>> {
    const maps = new Map<number, SeatMap>();
    await Promise.all(
      [...wanted].map(async ([eventId, atLeast]) => {
        const cached = await this.#ctx.cache.read(eventId);
        if (cached !== null && cached.version >= atLeast) maps.set(eventId, cached);
      }),
    );
    const missing = [...wanted.keys()].filter((eventId) => !maps.has(eventId));
    if (missing.length === 0) return maps;
    for (const [eventId, { version, states }] of await readSeatMaps(this.#ctx.db, missing)) {
      const map = { version, states: states.toBase64() };
      maps.set(eventId, map);
      void this.#ctx.cache.store(eventId, states.seatCount, map);
    }
    return maps;
  }
}
