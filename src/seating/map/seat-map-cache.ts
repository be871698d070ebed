import type { Logger } from '../../platform/observability/logger.ts';
import { loadLua, type LuaScript } from '../../platform/redis/lua.ts';
import type { Redis } from '../../platform/redis/redis.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import type { SeatsChanged, SeatVersion } from '../../messaging/messages.ts';

/** All seats of an event at one version; both come from one statement, and stay together. */
export interface SeatMap extends SeatVersion {
  /** As the schema's SeatStates: two bits a seat, in base64. */
  readonly states: string;
}

/** Long, because age does no harm here: every reader names the version that it requires. */
const KEPT_MS = 600_000;
/** A Redis that hangs is not waited for: the database has the map too. */
const READ_TIMEOUT_MS = 250;
/** A change of more seats than this is not applied one by one; the next reader stores the whole map. */
const CHANGES_MAX = 4_096;
/** What changeSeatMap-1.lua answers. */
const APPLIED = 1;
const GAP = -1;
const MAGIC = 'SEA2';
const HEAD_BYTES = 32;
const BATCH_ID_AT = 16;

/**
 * Seat maps in Redis, for API processes that do not follow the event. A hint, as all that Redis keeps: it may be gone,
 * or stand still where a process ended between COMMIT and here, so nothing is served from it whose version is below one
 * that the reader knows of. It can also be of a history that the database has lost: readers compare its batch, and
 * discard it then. Otherwise it never goes backwards. None of this rejects, but for what says so.
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

  /** Null where there is none, or Redis does not tell in time. */
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

  /**
   * In the order asked, for whoever looks them over: null where there is none. Unlike everything else here it tells what
   * Redis says: it rejects where that is away.
   */
  async readMany(eventIds: readonly number[]): Promise<readonly (SeatMap | null)[]> {
    const values = await this.#redis.mgetBuffer(eventIds.map(seatMapKey));
    return values.map((value) => (value === null ? null : decodeSeatMap(value)));
  }

  /** True where it was stored; false where one as new stands there already, or Redis is away. */
  async store(eventId: number, seatCount: number, map: SeatMap): Promise<boolean> {
    const value = encodeSeatMap(seatCount, map);
    return (await this.#run(this.#storeSeatMap, eventId, [map.version, value, KEPT_MS])) === 1;
  }

  /** Deletes the map of this version and batch, which the database has lost, if it still stands there. */
  async discard(eventId: number, { version, batchId }: SeatVersion): Promise<void> {
    await this.#run(this.#discardSeatMap, eventId, [version, packUuid(batchId)]);
  }

  /**
   * Brings the cached map, if it stands right before the change, to the version after it. `gap`: it stood further back,
   * and is no map any more; whoever has a whole one may store it. `none`: no map stands there, or as new a one.
   */
  async change(change: SeatsChanged): Promise<'applied' | 'gap' | 'none'> {
    const { eventId, version, seats } = change;
    if (seats.length > CHANGES_MAX) return 'none';
    const packed = Buffer.alloc(4 * seats.length);
    seats.forEach(([index, status], i) => packed.writeUInt32BE(index * 4 + status, 4 * i));
    const [previous, batch] = [packUuid(change.previousBatchId), packUuid(change.batchId)];
    const args = [previous, version, batch, packed, KEPT_MS];
    const done = await this.#run(this.#changeSeatMap, eventId, args);
    if (done === APPLIED) return 'applied';
    return done === GAP ? 'gap' : 'none';
  }

  get #reachable(): boolean {
    return this.#redis.status === 'ready';
  }

  /** Null where Redis is away. */
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

/** The braces make it, and every key of the event, one Redis Cluster slot. */
export function seatMapKey(eventId: number): string {
  return `event:{${eventId}}:seats`;
}

/** As storeSeatMap-1.lua describes it. */
export function encodeSeatMap(seatCount: number, { version, batchId, states }: SeatMap): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(MAGIC, 'latin1');
  head.writeUInt32BE(seatCount, 4);
  head.writeBigUInt64BE(BigInt(version), 8);
  packUuid(batchId).copy(head, BATCH_ID_AT);
  return Buffer.concat([head, Buffer.from(states, 'base64')]);
}

/** Null for what is no map: anybody may have written there. One of no seats is the mark of a version. */
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
