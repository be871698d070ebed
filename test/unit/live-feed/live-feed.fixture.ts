import { expect, vi } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { SeatMapFollower } from '../../support/clients/seat-map-follower.ts';
import { Recorded, type RecordedEvent } from './recorded-event.fixture.ts';

export const TICK_MS = 100;

/** Feeds of one recorded event, in a time that the test passes. */
export function startFeeds() {
  vi.useFakeTimers();
  const recorded = new Recorded();
  const event = recorded.add(1);
  const { db, subscriber } = recorded;
  const feeds = new LiveFeeds({ db, subscriber, logger: createLogger('silent'), tickMs: TICK_MS });
  return { recorded, event, feeds };
}

export function stopFeeds(feeds: LiveFeeds): void {
  feeds.stop();
  vi.useRealTimers();
}

export async function followIn(feeds: LiveFeeds, event: RecordedEvent) {
  const { feed } = await feeds.acquire(event.eventId);
  const follower = new SeatMapFollower(event.seatCount);
  follower.take(feed.snapshot());
  feed.follow((message) => follower.take(message));
  return { feed, follower };
}

/** The follower shows what the event is, and was told no step out of order. */
export function expectShows(event: RecordedEvent, { version, states, gaps }: SeatMapFollower): void {
  expect({ version, states, gaps }).toEqual({ version: event.version, states: event.states, gaps: [] });
}
