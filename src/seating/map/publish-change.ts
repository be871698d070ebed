import type { SeatsChanged } from '../../messaging/messages.ts';
import type { Publisher } from '../../messaging/publisher.ts';
import type { LiveFeeds } from '../live/live-feeds.ts';
import type { SeatMapCache } from './seat-map-cache.ts';

export interface PublishContext {
  readonly publisher: Publisher;
  readonly seatMapCache: Pick<SeatMapCache, 'change' | 'store'>;
  /** The live feeds of this process; null in a worker, which has none. */
  readonly feeds: Pick<LiveFeeds, 'peek' | 'apply'> | null;
}

/**
 * Publishes a committed change and applies it to the event's cached map. Returns whether it was published. Never
 * rejects, even if Redis is unavailable.
 */
export async function publishChange(ctx: PublishContext, message: SeatsChanged): Promise<boolean> {
  const [published] = await Promise.all([
    ctx.publisher.publishSeatsChanged(message),
    updateCachedMap(ctx, message),
  ]);
  return published;
}

/**
 * Processes reach Redis in any order. If the cached map misses an earlier change, it is replaced by the map of this
 * process's own feed, provided that this map is new enough.
 */
async function updateCachedMap(
  { seatMapCache, feeds }: PublishContext,
  message: SeatsChanged,
): Promise<void> {
  if ((await seatMapCache.change(message)) !== 'gap') return;
  const feed = feeds?.peek(message.eventId);
  const map = feed?.peek() ?? null;
  if (feed === undefined || map === null || map.version < message.version) return;
  // The database has lost one of the two histories. The feed will find out which.
  if (map.version === message.version && map.batchId !== message.batchId) return; // guard: foreign-history-not-cached
  await seatMapCache.store(message.eventId, feed.seatCount, map); // guard: outdated-cached-map-replaced
}
