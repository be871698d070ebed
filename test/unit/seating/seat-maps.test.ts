import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import type { SeatMapCache } from '../../../src/seating/map/seat-map-cache.ts';
import type { SeatMap } from '../../../src/seating/map/seat-map.ts';
import { SeatMaps } from '../../../src/seating/map/seat-maps.ts';
import { makeBatchId } from '../../support/batch-ids.ts';
import { Recorded, type RecordedEvent } from '../live-feed/recorded-event.fixture.ts';

/** A cache that misses every change: it only has what was stored. */
const stale = new Map<number, SeatMap>();
let redisIsSlow: Promise<void> | undefined;
const cache = {
  async read(eventId: number) {
    const map = stale.get(eventId) ?? null;
    await redisIsSlow;
    return map;
  },
  store: () => Promise.resolve(false),
} as unknown as SeatMapCache;

let recorded: Recorded;
let event: RecordedEvent;
let feeds: LiveFeeds;
let maps: SeatMaps;

beforeEach(() => {
  stale.clear();
  redisIsSlow = undefined;
  recorded = new Recorded();
  event = recorded.add(1);
  const { db, subscriber } = recorded;
  feeds = new LiveFeeds({ db, subscriber, logger: createLogger('silent'), tickMs: 100 });
  maps = new SeatMaps({ db, feeds, cache });
});

afterEach(() => feeds.stop());

async function turns(count = 30): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}

const at = (version: number, history = 0) => ({ version, batchId: makeBatchId(version, history) });
const read = () => recorded.asked.filter((name) => name === 'readSeatMaps').length;

describe('seat maps', () => {
  it('are read once, regardless of the number of requests', async () => {
    recorded.holdsUp = () => true;
    const asked = Array.from({ length: 50 }, () => maps.get(1, at(0)));
    await turns();
    recorded.answer();
    await Promise.all(asked);
    expect(read()).toBe(1);
  });

  it('are never older than requested, even if the caller joins another read', async () => {
    const slow = recorded.add(2);
    stale.set(1, { ...at(0), states: event.states });
    const content = maps.get(1, at(0));
    event.commit([[0, 1]]);
    recorded.holdsUp = (_, eventId) => eventId === slow.eventId;
    // Joins the read above, which is too old for it, and then waits for that of another event.
    const strict = maps.getMany(
      new Map([
        [1, at(1)],
        [2, at(0)],
      ]),
    );
    await content;
    // In the meantime a caller with a lower minimum has begun to read, and Redis is slow.
    let redisAnswers = (): void => undefined;
    redisIsSlow = new Promise((resolve) => (redisAnswers = resolve));
    const between = maps.get(1, at(0));
    recorded.answer();
    await turns();
    redisAnswers();
    expect((await between)?.version).toBe(0);
    expect((await strict).get(1)).toEqual({ ...at(1), states: event.states });
  });

  it('are read one at a time, no matter how fast the versions change', async () => {
    recorded.holdsUp = () => true;
    const asked = [maps.get(1, at(0))];
    await turns();
    for (let version = 1; version <= 20; version++) {
      event.commit([[0, version % 2 === 0 ? 0 : 1]]);
      asked.push(maps.get(1, at(version)));
      await turns();
    }
    expect([read(), recorded.waiting]).toEqual([1, 1]);
    recorded.answer();
    await turns();
    // A caller finds the second read in flight now.
    for (let version = 21; version <= 30; version++) {
      event.commit([[0, version % 2 === 0 ? 0 : 1]]);
      asked.push(maps.get(1, at(version)));
      await turns();
    }
    expect([read(), recorded.waiting]).toEqual([2, 1]);
    recorded.answer();
    await turns();
    expect([read(), recorded.waiting]).toEqual([3, 1]);
    recorded.answer();
    const versions = (await Promise.all(asked)).map((map) => map?.version ?? -1);
    expect(versions.every((version, wanted) => version >= wanted)).toBe(true);
  });

  it('are those of the database if it has fallen behind the version of the caller', async () => {
    event.commit([[0, 1]]);
    expect(await maps.get(1, at(5))).toEqual({ ...at(1), states: event.states });
    expect(read()).toBe(2);
  });

  it('come from the feed, unless it has missed the version of the caller', async () => {
    const { release } = await feeds.acquire(1);
    event.commit([[0, 1]]);
    expect((await maps.get(1, at(0)))?.version).toBe(0);
    expect(await maps.get(1, at(1))).toEqual({ ...at(1), states: event.states });
    release();
  });
});
