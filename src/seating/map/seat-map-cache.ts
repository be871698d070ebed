import type { Logger } from '../../platform/observability/logger.ts';
import { loadLua, type LuaScript } from '../../platform/redis/lua.ts';
import type { Redis } from '../../platform/redis/redis.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import type { SeatsChanged, SeatVersion } from '../../messaging/messages.ts';
import type { SeatMap } from './seat-map.ts';

/** Lifetime of a cached map. It can be long, because every reader names the version that it requires. */
const TTL_MS = 600_000;
/** Time to wait for Redis. After it, the reader uses the database. */
const READ_TIMEOUT_MS = 250;
/** Maximum number of seats in a change that is applied to a cached map. After more, the next reader stores a new map. */
const CHANGED_SEATS_MAX = 4_096;
/** Results of changeSeatMap-1.lua. */
const APPLIED = 1;
const GAP = -1;
const MAGIC = 'SEA2';
const HEAD_BYTES = 32;
const BATCH_ID_AT = 16;

/**
 * Seat maps in Redis, for API processes without a live feed of the event. A cached map can be outdated, for example if a
 * process ended between COMMIT and the update of the cache, so readers require a minimum version. A cached map can also
 * be of a history that the database has lost, so readers compare its batch and discard it. Apart from that, its version
 * never decreases. No method rejects unless it says so.
 */
export class SeatMapCache {
  readonly #redis: Redis;
  readonly #logger: Logger;
  readonly #storeSeatMap: LuaScript;
  readonly #changeSeatMap: LuaScript;
  readonly #discardSeatMap: LuaScript;

  constructor(redis: Redis, logger: Logger) {
    this.#redis = redis;
    this.#logger = logger;
    this.#storeSeatMap = loadLua(redis, new URL('storeSeatMap-1.lua', import.meta.url));
    this.#changeSeatMap = loadLua(redis, new URL('changeSeatMap-1.lua', import.meta.url));
    this.#discardSeatMap = loadLua(redis, new URL('discardSeatMap-1.lua', import.meta.url));
  }

  /** Returns null if there is no map, or if Redis does not respond in time. */
  async read(eventId: number): Promise<SeatMap | null> {
    if (!this.#reachable) return null;
    try {
      const reading = this.#redis.getBuffer(seatMapKey(eventId));
      const value = await withTimeout(reading, READ_TIMEOUT_MS, 'Redis', { logger: this.#logger });
      return value === null ? null : decodeSeatMap(value);
    } catch (error) {
      this.#logger.debug({ err: error, eventId }, 'failed to read a seat map from the cache');
      return null;
    }
  }

  /** Returns the maps in the order of the events, null if there is none. Rejects if Redis is unavailable. */
  async readMany(eventIds: readonly number[]): Promise<readonly (SeatMap | null)[]> {
    // One command for each event: a cluster refuses MGET of several events.
    const values = await Promise.all(eventIds.map((eventId) => this.#redis.getBuffer(seatMapKey(eventId))));
    return values.map((value) => (value === null ? null : decodeSeatMap(value)));
  }

  /** Returns false if a map that is as new is already stored, or if Redis is unavailable. */
  async store(eventId: number, seatCount: number, map: SeatMap): Promise<boolean> {
    const value = encodeSeatMap(seatCount, map);
    return (await this.#run(this.#storeSeatMap, eventId, [map.version, value, TTL_MS])) === 1;
  }

  /** Deletes the map if it still has this version and batch, which the database has lost. */
  async discard(eventId: number, { version, batchId }: SeatVersion): Promise<void> {
    await this.#run(this.#discardSeatMap, eventId, [version, packUuid(batchId)]);
  }

  /**
   * Applies a change to the cached map. Returns `gap` if the map was too old and is now invalid, so that a whole map should
   * be stored, and `none` if there is no map or one that is as new.
   */
  async change(change: SeatsChanged): Promise<'applied' | 'gap' | 'none'> {
    const { eventId, version, seats } = change;
    if (seats.length > CHANGED_SEATS_MAX) return 'none';
    const packed = Buffer.alloc(4 * seats.length);
    seats.forEach(([index, status], i) => packed.writeUInt32BE(index * 4 + status, 4 * i));
    const [previous, batch] = [packUuid(change.previousBatchId), packUuid(change.batchId)];
    const args = [previous, version, batch, packed, TTL_MS];
    const result = await this.#run(this.#changeSeatMap, eventId, args);
    if (result === APPLIED) return 'applied';
    return result === GAP ? 'gap' : 'none';
  }

  get #reachable(): boolean {
    return this.#redis.status === 'ready';
  }

  /** Returns null if Redis is unavailable. */
  async #run(
    script: LuaScript,
    eventId: number,
    args: readonly (string | number | Buffer)[],
  ): Promise<unknown> {
    if (!this.#reachable) return null;
    try {
      return await script([seatMapKey(eventId)], args);
    } catch (error) {
      this.#logger.debug({ err: error, eventId }, 'failed to write a seat map to the cache');
      return null;
    }
  }
}

/** Returns the key of a map. The braces keep all keys of an event in one Redis Cluster slot. */
export function seatMapKey(eventId: number): string {
  return `event:{${eventId}}:seats`;
}

/** Encodes a map in the layout that storeSeatMap-1.lua describes. */
export function encodeSeatMap(seatCount: number, { version, batchId, states }: SeatMap): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(MAGIC, 'latin1');
  head.writeUInt32BE(seatCount, 4);
  head.writeBigUInt64BE(BigInt(version), 8);
  packUuid(batchId).copy(head, BATCH_ID_AT);
  return Buffer.concat([head, Buffer.from(states, 'base64')]);
}

/** Returns null for anything but a map. A value without seats is a marker of a version. */
export function decodeSeatMap(value: Buffer): SeatMap | null {
  if (value.length < HEAD_BYTES || value.toString('latin1', 0, 4) !== MAGIC) return null;
  const seatCount = value.readUInt32BE(4);
  // guard: version-mark-not-a-map
  if (seatCount === 0 || value.length !== HEAD_BYTES + Math.ceil(seatCount / 4)) return null;
  return {
    version: Number(value.readBigUInt64BE(8)),
    batchId: unpackUuid(value.subarray(BATCH_ID_AT, HEAD_BYTES)),
    states: value.toString('base64', HEAD_BYTES),
  };
}

function packUuid(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function unpackUuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
