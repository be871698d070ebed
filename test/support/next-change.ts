import { randomUUID } from 'node:crypto';
import type { SeatsChanged } from '../../src/messaging/messages.ts';
import type { LiveFeed } from '../../src/seating/live/live-feed.ts';

/** Returns a change that continues what a feed shows, as if received from Redis. The database does not contain it. */
export function nextChange(
  feed: LiveFeed,
  seats: SeatsChanged['seats'],
  bookingIds: readonly string[] = [],
): SeatsChanged {
  const map = feed.peek();
  if (map === null) throw new Error('the feed has not started');
  const { version: fromVersion, batchId: previousBatchId } = map;
  const version = fromVersion + 1;
  return {
    eventId: feed.eventId,
    fromVersion,
    version,
    previousBatchId,
    batchId: randomUUID(),
    seats,
    bookingIds,
  };
}
