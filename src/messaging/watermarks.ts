import { loadLua } from '../platform/redis/lua.ts';
import type { Redis } from '../platform/redis/redis.ts';
import { watermarkKey } from './topics.ts';

/**
 * The version up to which each event's changes were published. A hint, as all that Redis keeps: a missing one means
 * that nobody knows, and publishing again is harmless.
 */
export interface Watermarks {
  /** False while Redis is away, and at first. */
  readonly reachable: boolean;
  /** Never lowers it. */
  raise(eventId: number, version: number): Promise<void>;
  /** After lost commits: to the database's version, which was read after the watermark `from`. */
  lower(eventId: number, from: number, version: number): Promise<void>;
  /** In the order asked; null where there is none. One command, however many events. */
  read(eventIds: readonly number[]): Promise<readonly (number | null)[]>;
}

export function watermarksIn(redis: Redis): Watermarks {
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
