import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import type { SeatMapClient } from '../../support/clients/seat-map-client.ts';
import { connectClient, expectShows, startFeeds, stopFeeds, TICK_MS } from './live-feed.fixture.ts';
import type { Recorded, RecordedEvent } from './recorded-event.fixture.ts';

let recorded: Recorded;
let event: RecordedEvent;
let feeds: LiveFeeds;

beforeEach(() => {
  ({ recorded, event, feeds } = startFeeds());
});
afterEach(() => stopFeeds(feeds));

const connect = (of: RecordedEvent = event) => connectClient(feeds, of);
const expectRight = (client: SeatMapClient, of: RecordedEvent = event) => expectShows(of, client);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const readsOf = (statement: string) => recorded.asked.filter((name) => name === statement).length;

describe('a gap in a live feed', () => {
  it('is closed with the whole map if the missing changes have too many seats', async () => {
    const large = recorded.add(2, 6_000);
    const { client } = await connect(large);
    const some = (from: number) => Array.from({ length: 2_600 }, (_, i) => [from + i, 1] as const);
    large.commit(some(0));
    recorded.deliver(large.commit(some(3_000)));
    await pass(2 * TICK_MS);
    expectRight(client, large);
    expect(client.messages.map(({ kind }) => kind)).toEqual(['snapshot', 'snapshot']);
    large.commit(some(0).slice(0, 2_000));
    recorded.deliver(large.commit(some(3_000)));
    await pass(2 * TICK_MS);
    expectRight(client, large);
    expect(client.messages.filter(({ kind }) => kind === 'snapshot')).toHaveLength(2);
  });

  it('causes no read while the feed advances, even if some message is always ahead', async () => {
    const { feed, client } = await connect();
    // The feed receives its own commits immediately and those of another process late, so its own are always ahead.
    const messages = Array.from({ length: 100 }, (_, i) => event.commit([[i % 8, i % 3 === 0 ? 1 : 2]]));
    const remote = messages.filter((_, i) => i % 2 === 0);
    const own = messages.filter((_, i) => i % 2 === 1);
    for (const [i, message] of own.entries()) {
      recorded.deliver(message);
      await pass(10);
      const late = remote[i - 1];
      if (late !== undefined) recorded.deliver(late);
      await pass(10);
    }
    expect([feed.version, readsOf('readChanges')]).toEqual([98, 0]);
    for (const late of remote.slice(-1)) recorded.deliver(late);
    await pass(TICK_MS);
    expectRight(client);
    expect(readsOf('readChanges')).toBe(0);
  });

  it('is closed if the feed has advanced only part of the way', async () => {
    const { client } = await connect();
    const [first, , , last] = [0, 1, 2, 3].map((seat) => event.commit([[seat, 1]]));
    if (first === undefined || last === undefined) throw new Error('four were committed');
    recorded.deliver(last);
    await pass(30);
    recorded.deliver(first);
    await pass(30);
    expect(readsOf('readChanges')).toBe(0);
    await pass(TICK_MS);
    expect(readsOf('readChanges')).toBe(1);
    await pass(TICK_MS);
    expectRight(client);
  });
});
