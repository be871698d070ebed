import { describe, expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import type { FeedMessage } from '../../../src/seating/live/live-feed.ts';
import { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { followSeats, openSeats } from '../../../src/seating/live/seat-updates.ts';
import { Recorded } from '../live-feed/recorded-event.fixture.ts';

/** Without a tick every change is a message. */
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
    ['the version of now', 0, 3, 'changes'],
    ['an earlier one', 0, 1, 'changes'],
    ['one that the server has not reached', 0, 4, 'snapshot'],
    ['one below zero', 0, -1, 'snapshot'],
    ['one that the record still reaches back to', 1, 1, 'changes'],
    ['one that the record no longer reaches back to', 2, 1, 'snapshot'],
  ])('after %s', async (_, pruned, after, kind) => {
    const { event, ctx } = start();
    for (const seat of [0, 1, 2]) event.commit([[seat, 1]]);
    event.record.splice(0, pruned);
    const updates = await followSeats(await openSeats(ctx, 1, after));
    const message = await first(updates);
    expect(message).toMatchObject({ kind, version: 3 });
    if (message.kind === 'changes')
      expect([message.fromVersion, message.seats.length]).toEqual([after, 3 - after]);
  });

  it('is a snapshot after a version from which the record has a hole', async () => {
    const { event, ctx } = start();
    for (const seat of [0, 1, 2, 3]) event.commit([[seat, 1]]);
    event.record.splice(1, 1);
    expect(await first(await followSeats(await openSeats(ctx, 1, 0)))).toMatchObject({
      kind: 'snapshot',
      version: 4,
    });
  });

  it('is a snapshot after a version that lies far back, and the record is not asked', async () => {
    const { recorded, event, ctx } = start();
    event.commit([[0, 1]]);
    event.jump();
    expect(await first(await followSeats(await openSeats(ctx, 1, 1)))).toMatchObject({ kind: 'snapshot' });
    expect(recorded.asked).toEqual(['readSeatMaps']);
  });

  it('is the map of now, and no queue, where too much happens while the record is read', async () => {
    const { recorded, event, ctx } = start();
    recorded.deliver(event.commit([[0, 1]]));
    const source = await openSeats(ctx, 1, 0);
    recorded.holdsUp = () => true;
    const following = followSeats(source);
    for (let i = 0; i < 5_000; i++) recorded.deliver(event.commit([[0, i % 2 === 0 ? 0 : 1]]));
    recorded.answer();
    expect(await first(await following)).toEqual({
      kind: 'snapshot',
      version: event.version,
      states: event.states,
    });
  });

  it('is followed by what happens while the record is read', async () => {
    const { recorded, event, ctx } = start();
    const source = await openSeats(ctx, 1, 0);
    recorded.holdsUp = () => true;
    const following = followSeats(source);
    for (const seat of [0, 1]) recorded.deliver(event.commit([[seat, 1]]));
    recorded.answer();
    const updates = await following;
    const messages = [await first(updates), await first(updates), await first(updates)];
    expect(messages.map(({ version }) => version)).toEqual([0, 1, 2]);
  });
});

describe('one who comes while changes wait for the tick', () => {
  const TICK_MS = 200;

  it('waits for it too, and makes nobody’s message come early', async () => {
    const { recorded, event, ctx } = start(TICK_MS);
    const { feed } = await openSeats(ctx, 1, null);
    const told: FeedMessage[] = [];
    feed.follow((message) => told.push(message));
    recorded.deliver(event.commit([[0, 1]]));
    recorded.deliver(event.commit([[1, 1]]));
    recorded.deliver(event.commit([[2, 1]]));
    expect(told.map(({ version }) => version)).toEqual([1]);
    feed.follow(() => undefined);
    expect(told).toHaveLength(1);
    const source = await openSeats(ctx, 1, null);
    expect(told.map(({ version }) => version)).toEqual([1, 3]);
    const updates = await followSeats(source);
    expect(await first(updates)).toMatchObject({ kind: 'snapshot', version: 3, states: event.states });
  });

  it('does not wait for a feed that is stopped', async () => {
    const { recorded, event, ctx } = start(3_600_000);
    const { feed } = await openSeats(ctx, 1, null);
    recorded.deliver(event.commit([[0, 1]]));
    recorded.deliver(event.commit([[1, 1]]));
    let waits = true;
    void feed.sent().then(() => (waits = false));
    feed.stop();
    for (let i = 0; i < 5; i++) await Promise.resolve();
    expect(waits).toBe(false);
  });
});
