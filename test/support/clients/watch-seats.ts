import type { FeedMessage } from '../../../src/seating/live/feed-message.ts';
import {
  openSeatSource,
  subscribeToSeats,
  type SeatUpdatesContext,
} from '../../../src/seating/live/seat-updates.ts';

/** Subscribes to the live map of an event, as the API does for an individual subscription. */
export async function watchSeats(
  ctx: SeatUpdatesContext,
  eventId: number,
  afterVersion: number | null,
): Promise<AsyncIterableIterator<FeedMessage>> {
  return subscribeToSeats(await openSeatSource(ctx, eventId, afterVersion));
}
