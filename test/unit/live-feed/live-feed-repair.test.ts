import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { readMetrics } from '../../../src/platform/observability/metrics.ts';
import type { FeedMessage } from '../../../src/seating/live/live-feed.ts';
import { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { makeBatchIds } from '../../support/batch-ids.ts';
import type { SeatMapFollower } from '../../support/clients/seat-map-follower.ts';
import { expectShows, followIn, startFeeds, stopFeeds, TICK_MS } from './live-feed.fixture.ts';
import type { Recorded, RecordedEvent } from './recorded-event.fixture.ts';

/** Longer than the longest pause between two polls, and what a repair waits. */
const POLL_MS = 1_300;

let recorded: Recorded;
let event: RecordedEvent;
let feeds: LiveFeeds;

beforeEach(() => {
  ({ recorded, event, feeds } = startFeeds());
});
afterEach(() => stopFeeds(feeds));

const follow = (of: RecordedEvent = event) => followIn(feeds, of);
const expectRight = (follower: SeatMapFollower, of: RecordedEvent = event) => expectShows(of, follower);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const readsOf = (statement: string) => recorded.asked.filter((name) => name === statement).length;

describe('a live feed', () => {
  it('hears what is committed while the map is read for the first time', async () => {
    recorded.holdsUp = (statement) => statement === 'readSeatMaps';
    const acquired = feeds.acquire(1);
    await vi.waitUntil(() => recorded.waiting === 1);
    recorded.deliver(event.commit([[0, 1]]));
    recorded.answer();
    const { feed } = await acquired;
    expect(feed.snapshot()).toMatchObject({ version: 1, states: event.states });
  });

  it('does not read the map before it listens, unless Redis keeps it waiting for a second', async () => {
    const { subscriber } = recorded;
    let listening = (): void => undefined;
    const ready = new Promise<void>((resolve) => (listening = resolve));
    const slow = { ...subscriber, subscribeSeatsChanged: () => ({ ready, close: () => undefined }) };
    const own = new LiveFeeds({
      db: recorded.db,
      subscriber: slow,
      logger: createLogger('silent'),
      tickMs: 1,
    });
    recorded.add(2);
    const acquired = [own.acquire(1)];
    await pass(900);
    expect(readsOf('readSeatMaps')).toBe(0);
    await pass(200);
    expect(readsOf('readSeatMaps')).toBe(1);
    acquired.push(own.acquire(2));
    await pass(10);
    expect(readsOf('readSeatMaps')).toBe(1);
    listening();
    await pass(10);
    expect(readsOf('readSeatMaps')).toBe(2);
    await Promise.all(acquired);
    own.stop();
  });

  it('closes a gap that came up while another was being closed', async () => {
    const { follower } = await follow();
    event.commit([[0, 1]]);
    recorded.deliver(event.commit([[1, 1]]));
    recorded.holdsUp = (statement) => statement === 'readChanges';
    await pass(TICK_MS);
    expect(recorded.waiting).toBe(1);
    event.commit([[2, 1]]);
    recorded.deliver(event.commit([[3, 1]]));
    await pass(TICK_MS);
    recorded.holdsUp = null;
    recorded.answer();
    await pass(2 * TICK_MS);
    expectRight(follower);
  });

  it('takes a message that comes again for known, and asks nobody about it', async () => {
    const { follower } = await follow();
    const messages = [event.commit([[0, 1]]), event.commit([[0, 2]])];
    for (const message of [...messages, ...messages]) recorded.deliver(message);
    await pass(TICK_MS);
    expectRight(follower);
    expect(readsOf('readChanges')).toBe(0);
  });

  it('waits a moment for the one between, and reads the record when it does not come', async () => {
    const { follower } = await follow();
    const [first, second] = [event.commit([[0, 1]]), event.commit([[1, 1]])];
    recorded.deliver(second);
    recorded.deliver(first);
    await pass(TICK_MS);
    expectRight(follower);
    expect(readsOf('readChanges')).toBe(0);
    event.commit([[2, 1]]);
    recorded.deliver(event.commit([[3, 1]]));
    await pass(2 * TICK_MS);
    expectRight(follower);
    expect(readsOf('readChanges')).toBe(1);
    expect(follower.messages.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1);
  });

  it('does not tell halfway what a message with a seat that there is not says', async () => {
    const { feed, follower } = await follow();
    const truth = event.commit([[0, 1]]);
    recorded.deliver({
      ...truth,
      seats: [
        [1, 2],
        [99, 1],
      ],
    });
    expect(feed.version).toBe(0);
    await pass(2 * TICK_MS);
    expectRight(follower);
  });

  it('does not take the changes of another event for its own', async () => {
    const { feed } = await follow();
    recorded.listeners.get(1)?.(recorded.add(2).commit([[0, 1]]));
    expect(feed.version).toBe(0);
  });

  it('tells every follower, though one of them throws', async () => {
    const { feed } = await feeds.acquire(1);
    feed.follow(() => {
      throw new Error('a follower that is broken');
    });
    feed.followBooking('a', () => {
      throw new Error('another');
    });
    const { follower } = await follow();
    recorded.deliver(event.commit([[0, 1]], ['a']));
    recorded.deliver(event.commit([[1, 1]]));
    await pass(TICK_MS);
    expectRight(follower);
    expect(feed.version).toBe(2);
  });

  it('keeps who follows a booking when somebody else leaves it twice', async () => {
    const { feed } = await feeds.acquire(1);
    const leave = feed.followBooking('a', () => undefined);
    leave();
    let told = 0;
    feed.followBooking('a', () => told++);
    leave();
    recorded.deliver(event.commit([[0, 1]], ['a']));
    expect(told).toBe(1);
  });

  it('leaves no timer and changes nothing once it is stopped, whatever comes', async () => {
    const { feed, follower } = await follow();
    recorded.deliver(event.commit([[0, 1]]));
    recorded.deliver(event.commit([[1, 1]]));
    event.commit([[2, 1]]);
    recorded.deliver(event.commit([[3, 1]]));
    recorded.holdsUp = () => true;
    await pass(POLL_MS);
    expect(recorded.waiting).toBe(1);
    const had = follower.messages.length;
    feeds.stop();
    recorded.answer();
    await pass(0);
    recorded.deliver(event.commit([[4, 1]]));
    recorded.deliver(event.commit([[5, 1]]));
    expect([feed.version, follower.messages.length, vi.getTimerCount()]).toEqual([2, had, 0]);
  });
});

describe('polling', () => {
  beforeEach(() => feeds.start());

  it('finds what Redis lost, and counts the repair', async () => {
    const repairs = async () => Number(/^sellout_feed_repairs_total (\d+)$/m.exec(await readMetrics())?.[1]);
    const { follower } = await follow();
    const before = await repairs();
    event.commit([[0, 1]]);
    await pass(POLL_MS + TICK_MS);
    expectRight(follower);
    expect(await repairs()).toBe(before + 1);
  });

  it('reads nothing for what is only on its way', async () => {
    const { follower } = await follow();
    for (let i = 0; i < 4; i++) {
      const polls = readsOf('readVersions');
      const message = event.commit([[i, 1]]);
      while (readsOf('readVersions') === polls) await pass(1);
      await pass(20);
      recorded.deliver(message);
      await pass(TICK_MS);
    }
    expectRight(follower);
    expect(readsOf('readChanges')).toBe(0);
  });

  it('repairs one event while the repair of another hangs', async () => {
    const other = recorded.add(2);
    const [stuck, { follower }] = [await follow(), await follow(other)];
    recorded.holdsUp = (statement, eventId) => statement === 'readChanges' && eventId === 1;
    event.commit([[0, 1]]);
    await pass(POLL_MS);
    expect(recorded.waiting).toBe(1);
    other.commit([[0, 1]]);
    await pass(POLL_MS + TICK_MS);
    expectRight(follower, other);
    recorded.answer();
    await pass(TICK_MS);
    expectRight(stuck.follower);
  });

  it('asks once, however often it is told, while the answer is on its way', async () => {
    const { follower } = await follow();
    for (const seat of [0, 1]) recorded.deliver(event.commit([[seat, 1]]));
    await pass(TICK_MS);
    event.goBackTo(1);
    recorded.holdsUp = (statement) => statement === 'readSeatMaps';
    await pass(5 * POLL_MS);
    expect(recorded.waiting).toBe(1);
    recorded.answer();
    await pass(0);
    expectRight(follower);
  });

  it('tells of a database that has gone back, with a map whose version is lower', async () => {
    const { feed, follower } = await follow();
    for (const seat of [0, 1, 2]) recorded.deliver(event.commit([[seat, 1]]));
    await pass(TICK_MS);
    let told = 0;
    feed.followBooking('a', () => told++);
    event.goBackTo(1);
    await pass(POLL_MS);
    expectRight(follower);
    expect([follower.version, told]).toEqual([1, 1]);
    recorded.deliver(event.commit([[5, 2]]));
    await pass(TICK_MS);
    expectRight(follower);
  });

  it('shows the map of now after it went back, not one that it showed before under the same number', async () => {
    const { feed } = await follow();
    recorded.deliver(event.commit([[0, 1]]));
    expect(feed.peek()?.version).toBe(1);
    event.goBackTo(0);
    await pass(POLL_MS);
    recorded.deliver(event.commit([[7, 3]]));
    expect(feed.peek()).toEqual({ version: 1, batchId: event.batchId, states: event.states });
  });

  it('is not led away for good by a message with a number from nowhere', async () => {
    const { follower } = await follow();
    const batches = makeBatchIds(1e12, 0);
    recorded.deliver({
      eventId: 1,
      fromVersion: 0,
      version: 1e12,
      ...batches,
      seats: [[0, 3]],
      bookingIds: [],
    });
    expect(follower.version).toBe(1e12);
    event.commit([[1, 1]]);
    await pass(2 * POLL_MS);
    expectRight(follower);
  });

  it('gives the whole map where the record does not reach back, and goes on from there', async () => {
    const { follower } = await follow();
    for (const seat of [0, 1, 2]) event.commit([[seat, 1]]);
    event.record.splice(0, 2);
    await pass(POLL_MS);
    expectRight(follower);
    expect(follower.messages.map(({ kind }: FeedMessage) => kind)).toEqual(['snapshot', 'snapshot']);
    recorded.deliver(event.commit([[3, 1]]));
    await pass(TICK_MS);
    expectRight(follower);
  });
});
