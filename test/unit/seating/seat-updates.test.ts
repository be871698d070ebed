import { describe, expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import type { FeedMessage } from '../../../src/seating/live/feed-message.ts';
import { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { subscribeToSeats, openSeatSource } from '../../../src/seating/live/seat-updates.ts';
import { Recorded } from '../live-feed/recorded-event.fixture.ts';

/** Starts feeds without a tick, so that every change is a message. */
function start(tickMs = -1) {
  const recorded = new Recorded();
  const event = recorded.add(1);
  const { db, subscriber } = recorded;
  const feeds = new LiveFeeds({ db, subscriber, logger: createLogger('silent'), tickMs });
  onTestFinished(() => feeds.stop());
  return { recorded, event, ctx: { db, feeds } };
}

async function first(updates: AsyncIterator<FeedMessage>): Promise<FeedMessage> {
  const { value } = (await updates.next()) as IteratorYieldResult<FeedMessage>;
  return value;
}

describe('the first message', () => {
  it.each<[string, number, number, 'changes' | 'snapshot']>([
    ['the current version', 0, 3, 'changes'],
    ['an earlier version', 0, 1, 'changes'],
    ['a version that the server has not reached', 0, 4, 'snapshot'],
    ['a version below zero', 0, -1, 'snapshot'],
    ['a version that the record still reaches back to', 1, 1, 'changes'],
    ['a version that the record no longer reaches back to', 2, 1, 'snapshot'],
  ])('after %s', async (_, pruned, after, kind) => {
    const { event, ctx } = start();
    for (const seat of [0, 1, 2]) event.commit([[seat, 1]]);
    event.record.splice(0, pruned);
    const updates = await subscribeToSeats(await openSeatSource(ctx, 1, after));
    const message = await first(updates);
    expect(message).toMatchObject({ kind, version: 3 });
    if (message.kind === 'changes')
      expect([message.fromVersion, message.seats.length]).toEqual([after, 3 - after]);
  });

  it('is a snapshot if the record has a gap after the version', async () => {
    const { event, ctx } = start();
    for (const seat of [0, 1, 2, 3]) event.commit([[seat, 1]]);
    event.record.splice(1, 1);
    expect(await first(await subscribeToSeats(await openSeatSource(ctx, 1, 0)))).toMatchObject({
      kind: 'snapshot',
      version: 4,
    });
  });

  it('is a snapshot after a much older version, without a read of the record', async () => {
    const { recorded, event, ctx } = start();
    event.commit([[0, 1]]);
    event.jump();
    expect(await first(await subscribeToSeats(await openSeatSource(ctx, 1, 1)))).toMatchObject({
      kind: 'snapshot',
    });
    expect(recorded.asked).toEqual(['readSeatMaps']);
  });

  it('is the current map instead of a queue if too much happens during the read of the record', async () => {
    const { recorded, event, ctx } = start();
    recorded.deliver(event.commit([[0, 1]]));
    const source = await openSeatSource(ctx, 1, 0);
    recorded.holdsUp = () => true;
    const opening = subscribeToSeats(source);
    for (let i = 0; i < 5_000; i++) recorded.deliver(event.commit([[0, i % 2 === 0 ? 0 : 1]]));
    recorded.answer();
    expect(await first(await opening)).toEqual({
      kind: 'snapshot',
      version: event.version,
      states: event.states,
    });
  });

  it('is followed by what happens during the read of the record', async () => {
    const { recorded, event, ctx } = start();
    const source = await openSeatSource(ctx, 1, 0);
    recorded.holdsUp = () => true;
    const opening = subscribeToSeats(source);
    for (const seat of [0, 1]) recorded.deliver(event.commit([[seat, 1]]));
    recorded.answer();
    const updates = await opening;
    const messages = [await first(updates), await first(updates), await first(updates)];
    expect(messages.map(({ version }) => version)).toEqual([0, 1, 2]);
  });
});

describe('a subscriber that arrives while changes wait for the tick', () => {
  const TICK_MS = 200;

  it('waits for the tick, and forces no early message on others', async () => {
    const { recorded, event, ctx } = start(TICK_MS);
    const { feed } = await openSeatSource(ctx, 1, null);
    const received: FeedMessage[] = [];
    feed.subscribe((message) => received.push(message));
    recorded.deliver(event.commit([[0, 1]]));
    recorded.deliver(event.commit([[1, 1]]));
    recorded.deliver(event.commit([[2, 1]]));
    expect(received.map(({ version }) => version)).toEqual([1]);
    feed.subscribe(() => undefined);
    expect(received).toHaveLength(1);
    const source = await openSeatSource(ctx, 1, null);
    expect(received.map(({ version }) => version)).toEqual([1, 3]);
    const updates = await subscribeToSeats(source);
    expect(await first(updates)).toMatchObject({ kind: 'snapshot', version: 3, states: event.states });
  });

  it('does not wait for a feed that is stopped', async () => {
    const { recorded, event, ctx } = start(3_600_000);
    const { feed } = await openSeatSource(ctx, 1, null);
    recorded.deliver(event.commit([[0, 1]]));
    recorded.deliver(event.commit([[1, 1]]));
    let waits = true;
    void feed.flushed().then(() => (waits = false));
    feed.stop();
    for (let i = 0; i < 5; i++) await Promise.resolve();
    expect(waits).toBe(false);
  });
});
