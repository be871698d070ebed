import { expect, vi } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { SeatMapClient } from '../../support/clients/seat-map-client.ts';
import { Recorded, type RecordedEvent } from './recorded-event.fixture.ts';

export const TICK_MS = 100;

/** Starts feeds of one recorded event, with fake timers. */
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

export async function connectClient(feeds: LiveFeeds, event: RecordedEvent) {
  const { feed } = await feeds.acquire(event.eventId);
  const client = new SeatMapClient(event.seatCount);
  client.apply(feed.snapshot());
  feed.subscribe((message) => client.apply(message));
  return { feed, client };
}

/** Expects that the client shows the current map, and received no message out of order. */
export function expectShows(event: RecordedEvent, { version, states, gaps }: SeatMapClient): void {
  expect({ version, states, gaps }).toEqual({ version: event.version, states: event.states, gaps: [] });
}
