import type { PrismaClient } from '../../platform/database/db.ts';
import type { ReplicaReads } from '../../platform/database/replicas/replicas.ts';
import { metrics } from '../../platform/observability/metrics.ts';
import { SingleFlight } from '../../platform/single-flight.ts';
import type { SeatVersion } from '../../messaging/messages.ts';
import type { LiveFeeds } from '../live/live-feeds.ts';
import type { SeatMapCache } from './seat-map-cache.ts';
import { isRecorded, readSeatMaps } from './seat-map.sql.ts';
import { encodeSeats, type PackedSeatMap, type SeatMap } from './seat-map.ts';

export interface SeatMapsContext {
  /** The primary. */
  readonly db: PrismaClient;
  readonly replicas?: ReplicaReads;
  readonly feeds: LiveFeeds;
  readonly cache: SeatMapCache;
}

/** Minimum version of each event's map. */
type Wanted = ReadonlyMap<number, SeatVersion>;

/**
 * The seat maps of events, from the cheapest source: the live feed of this process, the Redis cache, or the database. The
 * database reads each map for one request at a time.
 *
 * The caller names the minimum version of the map: the version of the event's row that it has read. So a map is never
 * older than the rest of a response, and a buyer sees a booking that was just confirmed. A feed or a cache that missed
 * a change (during an outage of Redis, or because a process ended between COMMIT and publishing) cannot hide it.
 *
 * After lost commits, a feed or the cache can have a map of a history that the database no longer has, with a version
 * that the database reaches again. Therefore a map of the caller's version must have the caller's batch, and a newer
 * cached map must have a recorded batch. A newer feed notices with its next poll.
 */
export class SeatMaps {
  readonly #ctx: SeatMapsContext;
  readonly #fetching = new SingleFlight<number, SeatMap | null>();
  readonly #reading = new SingleFlight<number, SeatMap | null>();
  /** Checks whether a batch is recorded, by batch ID. */
  readonly #checking = new SingleFlight<string, boolean>();

  constructor(ctx: SeatMapsContext) {
    this.#ctx = ctx;
  }

  /** Returns null if the event does not exist. */
  async get(eventId: number, atLeast: SeatVersion): Promise<SeatMap | null> {
    return (await this.getMany(new Map([[eventId, atLeast]]))).get(eventId) ?? null;
  }

  /** Returns the maps by event, with at most two statements in all. Events that do not exist are left out. */
  async getMany(wanted: Wanted): Promise<ReadonlyMap<number, SeatMap>> {
    const found = new Map<number, SeatMap>();
    const uncached = this.#fromMemory(wanted, found);
    countLookUps('live_map', wanted.size, uncached.size);
    const missing = await this.#fromCache(uncached, found);
    countLookUps('redis_map', uncached.size, missing.size);
    // A read in flight may be too old for this caller. The one after it began later and is new enough. So there is one read
    // per event at a time, no matter how fast the versions change.
    const tooOld = await this.#fromDatabase(missing, found);
    await this.#fromDatabase(tooOld, found); // guard: joined-read-fresh
    return found;
  }

  /** Returns the version of the live map in this process, or null if there is none. */
  liveVersion(eventId: number): SeatVersion | null {
    return this.#ctx.feeds.peek(eventId)?.peek() ?? null;
  }

  #fromMemory(wanted: Wanted, found: Map<number, SeatMap>): Wanted {
    const missing = new Map<number, SeatVersion>();
    for (const [eventId, atLeast] of wanted) {
      const feed = this.#ctx.feeds.peek(eventId);
      const map = feed?.peek() ?? null;
      const fit = map === null ? 'older' : compareVersions(map, atLeast);
      // guard: kept-map-fresh
      if (map !== null && (fit === 'same' || fit === 'newer')) found.set(eventId, map);
      else missing.set(eventId, atLeast);
      if (fit === 'conflict') feed?.checkVersion(atLeast, 0);
    }
    return missing;
  }

  async #fromCache(wanted: Wanted, found: Map<number, SeatMap>): Promise<Wanted> {
    const missing = new Map<number, SeatVersion>();
    const fetchOne = async ([eventId, atLeast]: [number, SeatVersion]) => {
      const cached = await this.#fetch(eventId);
      if (cached === null) return void missing.set(eventId, atLeast);
      const fit = compareVersions(cached, atLeast);
      // guard: cached-map-fresh
      // guard: newer-cached-map-on-record
      if (fit === 'same' || (fit === 'newer' && (await this.#isRecorded(eventId, cached))))
        return void found.set(eventId, cached);
      missing.set(eventId, atLeast);
      // The map is of a lost history. Deleted, it can be replaced.
      if (fit !== 'older') void this.#ctx.cache.discard(eventId, cached); // guard: lost-history-map-discarded
    };
    await Promise.all([...wanted].map(fetchOne));
    return missing;
  }

  async #fetch(eventId: number): Promise<SeatMap | null> {
    // Another call found that the cached map is not usable.
    if (this.#reading.has(eventId)) return null;
    return this.#fetching.run(eventId, () => this.#ctx.cache.read(eventId));
  }

  /** Returns true if the database does not respond: the cache is the best source then. */
  #isRecorded(eventId: number, map: SeatVersion): Promise<boolean> {
    return this.#checking.run(map.batchId, () => isRecorded(this.#ctx.db, eventId, map).catch(() => true));
  }

  /** Reads the maps that no other call is reading, and waits for the rest. Returns the events whose map is too old. */
  async #fromDatabase(wanted: Wanted, found: Map<number, SeatMap>): Promise<Wanted> {
    const free = [...wanted.keys()].filter((eventId) => !this.#reading.has(eventId)); // guard: one-map-read-at-a-time
    if (free.length > 0) this.#startReading(free, wanted);
    const tooOld = new Map<number, SeatVersion>();
    const readOne = async ([eventId, atLeast]: [number, SeatVersion]) => {
      const map = await this.#reading.get(eventId);
      if (map == null) return; // The event does not exist.
      found.set(eventId, map);
      if (map.version < atLeast.version) tooOld.set(eventId, atLeast);
    };
    await Promise.all([...wanted].map(readOne));
    return tooOld;
  }

  #startReading(eventIds: readonly number[], wanted: Wanted): void {
    const all = this.#read(eventIds, wanted);
    // The callers await these promises in `#fromDatabase`.
    for (const eventId of eventIds)
      void this.#reading.run(eventId, async () => (await all).get(eventId) ?? null);
  }

  #readRows(eventIds: readonly number[], wanted: Wanted): Promise<ReadonlyMap<number, PackedSeatMap>> {
    const { db, replicas } = this.#ctx;
    if (replicas === undefined) return readSeatMaps(db, eventIds);
    return replicas.read(
      (from) => readSeatMaps(from, eventIds),
      (maps) => areNewEnough(maps, eventIds, wanted),
    );
  }

  async #read(eventIds: readonly number[], wanted: Wanted): Promise<ReadonlyMap<number, SeatMap>> {
    const maps = new Map<number, SeatMap>();
    for (const [eventId, { version, batchId, states }] of await this.#readRows(eventIds, wanted)) {
      const map = { version, batchId, states: encodeSeats(states) };
      maps.set(eventId, map);
      void this.#ctx.cache.store(eventId, states.seatCount, map);
    }
    return maps;
  }
}

/** Returns whether maps that a replica has are there, at least of the wanted versions, and not of a lost history. */
function areNewEnough(maps: ReadonlyMap<number, SeatVersion>, eventIds: readonly number[], wanted: Wanted) {
  return eventIds.every((eventId) => {
    const [map, atLeast] = [maps.get(eventId), wanted.get(eventId)];
    if (map === undefined || atLeast === undefined) return false;
    const fit = compareVersions(map, atLeast);
    return fit === 'same' || fit === 'newer'; // guard: replica-map-new-enough
  });
}

/** Compares a map with a version of the database. `conflict`: one of the two is of a lost history. */
function compareVersions(map: SeatVersion, known: SeatVersion): 'older' | 'same' | 'newer' | 'conflict' {
  if (map.version !== known.version) return map.version < known.version ? 'older' : 'newer';
  return map.batchId === known.batchId ? 'same' : 'conflict'; // guard: cached-map-batch
}

function countLookUps(cache: 'live_map' | 'redis_map', wanted: number, missing: number): void {
  if (wanted > missing) metrics.cacheRequests.inc({ cache, result: 'hit' }, wanted - missing);
  if (missing > 0) metrics.cacheRequests.inc({ cache, result: 'miss' }, missing);
}
