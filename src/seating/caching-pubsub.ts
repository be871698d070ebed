import type { PubSub } from '../pubsub/pubsub.ts';
import type { SeatMapCache } from './seat-map-cache.ts';

/** Publishes as `pubsub` does, and brings the cached seat maps along. Redis away: neither rejects. */
export function cachingPubSub(pubsub: PubSub, cache: SeatMapCache): PubSub {
  return {
    async publishSeatsChanged(message) {
      const [published] = await Promise.all([pubsub.publishSeatsChanged(message), cache.change(message)]);
      return published;
    },
    subscribeSeatsChanged: (eventId, listener) => pubsub.subscribeSeatsChanged(eventId, listener),
    close: () => pubsub.close(),
  };
}
