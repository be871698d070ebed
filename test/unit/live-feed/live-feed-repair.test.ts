import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { readMetrics } from '../../../src/platform/observability/metrics/registry.ts';
import type { FeedMessage } from '../../../src/seating/live/feed-message.ts';
import { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { makeBatchIds } from '../../support/batch-ids.ts';
import type { SeatMapClient } from '../../support/clients/seat-map-client.ts';
import { connectClient, expectShows, startFeeds, stopFeeds, TICK_MS } from './live-feed.fixture.ts';
import type { Recorded, RecordedEvent } from './recorded-event.fixture.ts';

/** Longer than the longest pause between two polls plus the wait of a repair. */
const POLL_MS = 1_300;

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

describe('a live feed', () => {
  it('receives what commits during the first read of the map', async () => {
    recorded.holdsUp = (statement) => statement === 'readSeatMaps';
    const acquired = feeds.acquire(1);
    await vi.waitUntil(() => recorded.waiting === 1);
    recorded.deliver(event.commit([[0, 1]]));
    recorded.answer();
    const { feed } = await acquired;
    expect(feed.snapshot()).toMatchObject({ version: 1, states: event.states });
  });

  it('does not read the map before it has subscribed, unless Redis takes longer than a second', async () => {
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

  it('closes a gap that appeared during the repair of another', async () => {
    const { client } = await connect();
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
    expectRight(client);
  });

  it('ignores a repeated message without a read', async () => {
    const { client } = await connect();
    const messages = [event.commit([[0, 1]]), event.commit([[0, 2]])];
    for (const message of [...messages, ...messages]) recorded.deliver(message);
    await pass(TICK_MS);
    expectRight(client);
    expect(readsOf('readChanges')).toBe(0);
  });

  it('waits for a missing message, and reads the record if it does not arrive', async () => {
    const { client } = await connect();
    const [first, second] = [event.commit([[0, 1]]), event.commit([[1, 1]])];
    recorded.deliver(second);
    recorded.deliver(first);
    await pass(TICK_MS);
    expectRight(client);
    expect(readsOf('readChanges')).toBe(0);
    event.commit([[2, 1]]);
    recorded.deliver(event.commit([[3, 1]]));
    await pass(2 * TICK_MS);
    expectRight(client);
    expect(readsOf('readChanges')).toBe(1);
    expect(client.messages.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1);
  });

  it('applies no part of a message with a seat out of range', async () => {
    const { feed, client } = await connect();
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
    expectRight(client);
  });

  it('ignores changes of another event', async () => {
    const { feed } = await connect();
    recorded.listeners.get(1)?.(recorded.add(2).commit([[0, 1]]));
    expect(feed.version).toBe(0);
  });

  it('notifies every subscriber, even if one of them throws', async () => {
    const { feed } = await feeds.acquire(1);
    feed.subscribe(() => {
      throw new Error('a broken subscriber');
    });
    feed.subscribeToBooking('a', () => {
      throw new Error('another');
    });
    const { client } = await connect();
    recorded.deliver(event.commit([[0, 1]], ['a']));
    recorded.deliver(event.commit([[1, 1]]));
    await pass(TICK_MS);
    expectRight(client);
    expect(feed.version).toBe(2);
  });

  it('keeps a subscriber of a booking when another one leaves twice', async () => {
    const { feed } = await feeds.acquire(1);
    const leave = feed.subscribeToBooking('a', () => undefined);
    leave();
    let notified = 0;
    feed.subscribeToBooking('a', () => notified++);
    leave();
    recorded.deliver(event.commit([[0, 1]], ['a']));
    expect(notified).toBe(1);
  });

  it('leaves no timer and ignores everything after it is stopped', async () => {
    const { feed, client } = await connect();
    recorded.deliver(event.commit([[0, 1]]));
    recorded.deliver(event.commit([[1, 1]]));
    event.commit([[2, 1]]);
    recorded.deliver(event.commit([[3, 1]]));
    recorded.holdsUp = () => true;
    await pass(POLL_MS);
    expect(recorded.waiting).toBe(1);
    const had = client.messages.length;
    feeds.stop();
    recorded.answer();
    await pass(0);
    recorded.deliver(event.commit([[4, 1]]));
    recorded.deliver(event.commit([[5, 1]]));
    expect([feed.version, client.messages.length, vi.getTimerCount()]).toEqual([2, had, 0]);
  });
});

describe('polling', () => {
  beforeEach(() => feeds.start());

  it('finds what Redis lost, and counts the repair', async () => {
    const repairs = async () =>
      Number(/^sellout_feed_repairs_total\{from="changes"\} (\d+)$/m.exec(await readMetrics())?.[1] ?? 0);
    const { client } = await connect();
    const before = await repairs();
    event.commit([[0, 1]]);
    await pass(POLL_MS + TICK_MS);
    expectRight(client);
    expect(await repairs()).toBe(before + 1);
  });

  it('causes no read for messages that are only late', async () => {
    const { client } = await connect();
    for (let i = 0; i < 4; i++) {
      const polls = readsOf('readVersions');
      const message = event.commit([[i, 1]]);
      while (readsOf('readVersions') === polls) await pass(1);
      await pass(20);
      recorded.deliver(message);
      await pass(TICK_MS);
    }
    expectRight(client);
    expect(readsOf('readChanges')).toBe(0);
  });

  it('repairs one event while the repair of another hangs', async () => {
    const other = recorded.add(2);
    const [stuck, { client }] = [await connect(), await connect(other)];
    recorded.holdsUp = (statement, eventId) => statement === 'readChanges' && eventId === 1;
    event.commit([[0, 1]]);
    await pass(POLL_MS);
    expect(recorded.waiting).toBe(1);
    other.commit([[0, 1]]);
    await pass(POLL_MS + TICK_MS);
    expectRight(client, other);
    recorded.answer();
    await pass(TICK_MS);
    expectRight(stuck.client);
  });

  it('causes one read at a time, regardless of repeated polls', async () => {
    const { client } = await connect();
    for (const seat of [0, 1]) recorded.deliver(event.commit([[seat, 1]]));
    await pass(TICK_MS);
    event.goBackTo(1);
    recorded.holdsUp = (statement) => statement === 'readSeatMaps';
    await pass(5 * POLL_MS);
    expect(recorded.waiting).toBe(1);
    recorded.answer();
    await pass(0);
    expectRight(client);
  });

  it('sends a map with a lower version if the database has gone back', async () => {
    const { feed, client } = await connect();
    for (const seat of [0, 1, 2]) recorded.deliver(event.commit([[seat, 1]]));
    await pass(TICK_MS);
    let notified = 0;
    feed.subscribeToBooking('a', () => notified++);
    event.goBackTo(1);
    await pass(POLL_MS);
    expectRight(client);
    expect([client.version, notified]).toEqual([1, 1]);
    recorded.deliver(event.commit([[5, 2]]));
    await pass(TICK_MS);
    expectRight(client);
  });

  it('shows the current map after the database went back, not an earlier one of the same version', async () => {
    const { feed } = await connect();
    recorded.deliver(event.commit([[0, 1]]));
    expect(feed.peek()?.version).toBe(1);
    event.goBackTo(0);
    await pass(POLL_MS);
    recorded.deliver(event.commit([[7, 3]]));
    expect(feed.peek()).toEqual({ version: 1, batchId: event.batchId, states: event.states });
  });

  it('does not apply a message that skips versions, and goes on from the database', async () => {
    const { client } = await connect();
    const batches = makeBatchIds(1e12, 0);
    recorded.deliver({
      eventId: 1,
      fromVersion: 0,
      version: 1e12,
      ...batches,
      seats: [[0, 3]],
      bookingIds: [],
    });
    expect(client.version).toBe(0);
    event.commit([[1, 1]]);
    await pass(2 * POLL_MS);
    expectRight(client);
  });

  it('sends the whole map if the record does not reach back, and continues from there', async () => {
    const { client } = await connect();
    for (const seat of [0, 1, 2]) event.commit([[seat, 1]]);
    event.record.splice(0, 2);
    await pass(POLL_MS);
    expectRight(client);
    expect(client.messages.map(({ kind }: FeedMessage) => kind)).toEqual(['snapshot', 'snapshot']);
    recorded.deliver(event.commit([[3, 1]]));
    await pass(TICK_MS);
    expectRight(client);
  });
});
