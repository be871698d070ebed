import type { SeatsChanged } from '../../messaging/messages.ts';
import type { PubSub } from '../../messaging/pubsub.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import type { SeatMapCache } from './seat-map-cache.ts';

/**
 * Publishes as `pubsub` does, and brings the cached seat maps along. Redis away: neither rejects. Changes of several
 * processes come to Redis in any order; where one is missing there, the map of this process's own feed goes to the cache
 * as a whole, if it has one that is as new.
 */
export function cachingPubSub(
  pubsub: PubSub,
  cache: SeatMapCache,
  feedOf: (eventId: number) => LiveFeed | undefined = () => undefined,
): PubSub {
  async function bringAlong(message: SeatsChanged): Promise<void> {
    if ((await cache.change(message)) !== 'gap') return;
    const feed = feedOf(message.eventId);
    const map = feed?.peek() ?? null;
    if (feed === undefined || map === null || map.version < message.version) return;
    // One of the two histories is lost, and the feed finds out which.
    if (map.version === message.version && map.batchId !== message.batchId) return; // guard: foreign-history-not-cached
    await cache.store(message.eventId, feed.seatCount, map); // guard: outdated-cached-map-replaced
  }
  return {
    async publishSeatsChanged(message) {
      const [published] = await Promise.all([pubsub.publishSeatsChanged(message), bringAlong(message)]);
      return published;
    },
    subscribeSeatsChanged: (eventId, listener) => pubsub.subscribeSeatsChanged(eventId, listener),
    close: () => pubsub.close(),
  };
}
