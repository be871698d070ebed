import { loadLua } from '../platform/redis/lua.ts';
import type { Redis } from '../platform/redis/redis.ts';

/**
 * The last published version of each event. A hint, like everything in Redis: if the watermark is missing, the last
 * published version is unknown, and publishing a change twice is harmless.
 */
export interface Watermarks {
  /** False until Redis is connected, and while it is unavailable. */
  readonly reachable: boolean;
  /** Raises the watermark to `version`; never lowers it. */
  raise(eventId: number, version: number): Promise<void>;
  /** Lowers it after lost commits: from `from` to the database's version, which was read after the watermark. */
  lower(eventId: number, from: number, version: number): Promise<void>;
  /** Returns the watermarks in the order asked, null for a missing one. One command for any number of events. */
  read(eventIds: readonly number[]): Promise<readonly (number | null)[]>;
}

export function createWatermarks(redis: Redis): Watermarks {
  const raiseWatermark = loadLua(redis, new URL('raiseWatermark-1.lua', import.meta.url));
  const lowerWatermark = loadLua(redis, new URL('lowerWatermark-1.lua', import.meta.url));
  return {
    get reachable() {
      return redis.status === 'ready';
    },
    async raise(eventId, version) {
      await raiseWatermark([watermarkKey(eventId)], [version]);
    },
    async lower(eventId, from, version) {
      await lowerWatermark([watermarkKey(eventId)], [from, version]);
    },
    async read(eventIds) {
      if (eventIds.length === 0) return [];
      const values = await redis.mget(eventIds.map(watermarkKey));
      return values.map((value) => (value === null ? null : Number(value)));
    },
  };
}

export function watermarkKey(eventId: number): string {
  return `event:{${eventId}}:published`;
}
