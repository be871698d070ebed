import { describe, expect, it } from 'vitest';
import { BACKOFF_MAX_MS, getBackoffMs } from '../../../src/web/seat-feed/backoff.ts';
import {
  createSeatFeed,
  type SeatFeedOptions,
  type SeatFeedSink,
} from '../../../src/web/seat-feed/create-seat-feed.ts';

const SEATS = 4;
const empty = { version: 5, states: 'AA==' };
const held = (fromVersion: number, version: number, ...indexes: number[]) => ({
  fromVersion,
  version,
  seats: indexes.map((index) => ({ index, status: 'HELD' })),
});

/** A server and a clock that the test controls. */
class Bench {
  /** `afterVersion` of each subscription. */
  readonly requested: (number | null)[] = [];
  readonly reported: unknown[] = [];
  readonly delays: number[] = [];
  ended = 0;
  nowMs = 0;
  sink: SeatFeedSink = { next: () => undefined, error: () => undefined, complete: () => undefined };
  #due: (() => void) | undefined;

  /** Creates a feed, which starts in the next microtask. */
  create(options: Partial<SeatFeedOptions> = {}) {
    return createSeatFeed({
      seatCount: SEATS,
      subscribe: (afterVersion, sink) => {
        this.requested.push(afterVersion);
        this.sink = sink;
        return () => void this.ended++;
      },
      onChange: (change) => this.reported.push(change),
      onState: (state) => this.reported.push(state),
      environment: {
        random: () => 1,
        nowMs: () => this.nowMs,
        after: (delayMs, action) => {
          this.delays.push(delayMs);
          this.#due = action;
          return () => (this.#due = undefined);
        },
      },
      ...options,
    });
  }

  async open(options: Partial<SeatFeedOptions> = {}) {
    const feed = this.create(options);
    await Promise.resolve();
    return feed;
  }

  get waiting(): boolean {
    return this.#due !== undefined;
  }

  elapse(): void {
    const due = this.#due;
    this.#due = undefined;
    due?.();
  }
}

describe('the seat feed', () => {
  it('reports the seats of a snapshot, then each change', async () => {
    const bench = new Bench();
    const feed = await bench.open();
    expect([feed.state, feed.version, feed.statusOf(0)]).toEqual(['connecting', null, 'AVAILABLE']);
    bench.sink.next({ version: 5, states: 'AQ==' });
    bench.sink.next(held(5, 8, 2, 0));
    expect(bench.reported).toEqual([
      'live',
      { version: 5, seats: [{ index: 0, from: 'AVAILABLE', to: 'HELD' }] },
      { version: 8, seats: [{ index: 2, from: 'AVAILABLE', to: 'HELD' }] },
    ]);
    expect(feed.counts()).toEqual({ AVAILABLE: 2, HELD: 2, BOOKED: 0, BLOCKED: 0 });
    expect([feed.version, feed.states]).toEqual([8, 'EQ==']);
    expect(() => feed.statusOf(SEATS)).toThrow(RangeError);
  });

  it('starts from an initial map', async () => {
    const bench = new Bench();
    const feed = await bench.open({ initial: { version: 5, states: 'AQ==' } });
    expect([bench.requested, feed.statusOf(0), feed.version]).toEqual([[5], 'HELD', 5]);
    bench.sink.next({ fromVersion: 5, version: 5, seats: [] });
    bench.sink.next(held(5, 6, 1));
    const seat = (index: number) => ({ index, from: 'AVAILABLE', to: 'HELD' });
    expect(bench.reported).toEqual([
      { version: 5, seats: [seat(0)] },
      'live',
      { version: 6, seats: [seat(1)] },
    ]);
    expect(() => bench.create({ initial: { version: 5, states: 'AAAA' } })).toThrow(TypeError);
  });

  it.each<[string, (sink: SeatFeedSink) => void]>([
    ['fails', (sink) => sink.error(new Error('socket closed'))],
    ['ends', (sink) => sink.complete()],
  ])('resumes from its version when the subscription %s', async (_, lose) => {
    const bench = new Bench();
    const feed = await bench.open();
    bench.sink.next(empty);
    bench.sink.next(held(5, 6, 1));
    lose(bench.sink);
    expect([feed.state, bench.ended, feed.statusOf(1)]).toEqual(['reconnecting', 1, 'HELD']);
    bench.elapse();
    expect(bench.requested).toEqual([null, 6]);
    // The server resumes from an earlier version, so changes repeat.
    bench.sink.next(held(5, 7, 1, 2));
    expect([feed.state, feed.version, feed.counts().HELD]).toEqual(['live', 7, 2]);
  });

  it('requests a snapshot if changes are missing, and applies nothing until it arrives', async () => {
    const bench = new Bench();
    const errors: unknown[] = [];
    const feed = await bench.open({ onError: (error) => errors.push(error) });
    bench.sink.next(empty);
    bench.sink.next(held(6, 7, 1));
    bench.sink.next(held(5, 6, 2));
    expect([feed.version, feed.counts().HELD, feed.state]).toEqual([5, 0, 'reconnecting']);
    bench.elapse();
    expect(bench.requested).toEqual([null, null]);
    bench.sink.next({ version: 7, states: 'FA==' });
    expect([feed.version, feed.counts().HELD, feed.state]).toEqual([7, 2, 'live']);
    expect(errors).toEqual([expect.any(RangeError)]);
  });

  it('keeps requesting a snapshot until one arrives', async () => {
    const bench = new Bench();
    const feed = await bench.open();
    bench.sink.next(empty);
    bench.sink.next(held(6, 7, 1));
    bench.elapse();
    bench.sink.error('no answer');
    bench.elapse();
    feed.reconnect();
    bench.sink.next(empty);
    bench.sink.complete();
    bench.elapse();
    expect(bench.requested).toEqual([null, null, null, null, 5]);
  });

  it('subscribes again after an invalid message, with a delay', async () => {
    const bench = new Bench();
    const feed = await bench.open();
    bench.sink.next(empty);
    bench.sink.next({ fromVersion: 5, version: 6, seats: [{ index: 99, status: 'HELD' }] });
    expect([feed.version, bench.requested.length, bench.waiting]).toEqual([5, 1, true]);
    bench.elapse();
    expect(bench.requested).toEqual([null, null]);
  });

  it('ignores messages of an ended subscription', async () => {
    const bench = new Bench();
    const feed = await bench.open();
    const first = bench.sink;
    first.next(empty);
    first.complete();
    first.error(new Error('and it fails too'));
    first.next(held(5, 6, 1));
    expect([feed.version, bench.delays.length]).toEqual([5, 1]);
    bench.elapse();
    first.complete();
    expect([bench.requested.length, bench.waiting]).toEqual([2, false]);
  });

  it('doubles the delay after each failure, and resets it after a stable connection', async () => {
    const bench = new Bench();
    await bench.open();
    for (let i = 0; i < 9; i++) {
      bench.sink.next({ ...empty, version: i });
      bench.sink.complete();
      bench.elapse();
    }
    expect(bench.delays).toEqual([500, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    bench.sink.next(empty);
    bench.nowMs += 10_000;
    for (let failures = 0; failures < 3; failures++) {
      bench.sink.complete();
      bench.elapse();
      bench.nowMs += 60_000;
    }
    expect(bench.delays.slice(-3)).toEqual([500, 500, 1_000]);
  });

  it('waits at most 30 seconds, with full jitter', () => {
    for (let failures = 0; failures < 2_000; failures++) {
      expect(getBackoffMs(failures, () => 1)).toBeLessThanOrEqual(BACKOFF_MAX_MS);
      expect(getBackoffMs(failures, () => 0)).toBe(0);
    }
  });

  it('reconnect() subscribes immediately, on a new connection if it was live', async () => {
    const bench = new Bench();
    let abandoned = 0;
    const feed = await bench.open({ abandon: () => void abandoned++ });
    bench.sink.next(empty);
    feed.reconnect();
    expect([bench.requested, bench.ended, bench.waiting, abandoned]).toEqual([[null, 5], 1, false, 1]);
    bench.sink.error('gone');
    feed.reconnect();
    expect([bench.requested, bench.waiting, abandoned]).toEqual([[null, 5, 5], false, 1]);
  });

  it('has at most one subscription, even if a callback reconnects', async () => {
    const bench = new Bench();
    const feed = await bench.open({ onState: (state) => state === 'reconnecting' && feed.reconnect() });
    bench.sink.next(empty);
    feed.reconnect();
    bench.sink.next(held(5, 6, 1));
    bench.sink.complete();
    expect([bench.requested.length - bench.ended, bench.waiting]).toEqual([1, false]);
  });

  it('calls no callback before it returns, so that a callback can close it', async () => {
    const bench = new Bench();
    const feed = bench.create({
      subscribe: () => {
        throw new Error('no socket');
      },
      onError: () => feed.close(),
    });
    await Promise.resolve();
    expect([feed.state, bench.waiting]).toEqual(['closed', false]);
  });

  it('calls no callback after it was closed, even inside a callback', async () => {
    const bench = new Bench();
    const feed = await bench.open({ onState: (state) => state === 'live' && feed.close() });
    bench.sink.next(empty);
    bench.sink.next(held(5, 6, 1));
    bench.sink.complete();
    feed.reconnect();
    feed.close();
    expect([feed.state, bench.reported, bench.requested.length, bench.ended, bench.waiting]).toEqual([
      'closed',
      [],
      1,
      1,
      false,
    ]);
  });

  it('survives callbacks that throw, and a subscribe that throws or responds synchronously', async () => {
    const bench = new Bench();
    const errors: unknown[] = [];
    const failure = new Error('from a callback');
    let calls = 0;
    const feed = await bench.open({
      subscribe: (_, sink) => {
        if (calls++ === 0) throw failure;
        sink.next({ version: 4 + calls, states: calls === 2 ? 'AQ==' : 'BA==' });
        if (calls === 2) sink.complete();
        return () => void bench.ended++;
      },
      onChange: () => {
        throw failure;
      },
      onError: (error) => {
        errors.push(error);
        throw error;
      },
    });
    expect(feed.state).toBe('connecting');
    bench.elapse();
    expect([feed.version, feed.state, bench.ended]).toEqual([6, 'reconnecting', 1]);
    bench.elapse();
    expect([feed.state, calls]).toEqual(['live', 3]);
    expect(errors.filter((error) => error === failure)).toHaveLength(3);
  });
});
