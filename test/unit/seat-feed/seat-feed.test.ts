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

/** A server and a clock, both in the test's hands. */
class Bench {
  /** Of each subscription, what it asked for. */
  readonly asked: (number | null)[] = [];
  readonly told: unknown[] = [];
  readonly delays: number[] = [];
  ended = 0;
  nowMs = 0;
  sink: SeatFeedSink = { next: () => undefined, error: () => undefined, complete: () => undefined };
  #due: (() => void) | undefined;

  /** Nothing has been called when it returns: everything begins in the next turn. */
  create(options: Partial<SeatFeedOptions> = {}) {
    return createSeatFeed({
      seatCount: SEATS,
      subscribe: (afterVersion, sink) => {
        this.asked.push(afterVersion);
        this.sink = sink;
        return () => void this.ended++;
      },
      onChange: (change) => this.told.push(change),
      onState: (state) => this.told.push(state),
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
  it('tells a snapshot, then changes, seat by seat', async () => {
    const bench = new Bench();
    const feed = await bench.open();
    expect([feed.state, feed.version, feed.statusOf(0)]).toEqual(['connecting', null, 'AVAILABLE']);
    bench.sink.next({ version: 5, states: 'AQ==' });
    bench.sink.next(held(5, 8, 2, 0));
    expect(bench.told).toEqual([
      'live',
      { version: 5, seats: [{ index: 0, from: 'AVAILABLE', to: 'HELD' }] },
      { version: 8, seats: [{ index: 2, from: 'AVAILABLE', to: 'HELD' }] },
    ]);
    expect(feed.counts()).toEqual({ AVAILABLE: 2, HELD: 2, BOOKED: 0, BLOCKED: 0 });
    expect([feed.version, feed.states]).toEqual([8, 'EQ==']);
    expect(() => feed.statusOf(SEATS)).toThrow(RangeError);
  });

  it('starts from a map that is there already', async () => {
    const bench = new Bench();
    const feed = await bench.open({ initial: { version: 5, states: 'AQ==' } });
    expect([bench.asked, feed.statusOf(0), feed.version]).toEqual([[5], 'HELD', 5]);
    bench.sink.next({ fromVersion: 5, version: 5, seats: [] });
    bench.sink.next(held(5, 6, 1));
    const seat = (index: number) => ({ index, from: 'AVAILABLE', to: 'HELD' });
    expect(bench.told).toEqual([{ version: 5, seats: [seat(0)] }, 'live', { version: 6, seats: [seat(1)] }]);
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
    expect(bench.asked).toEqual([null, 6]);
    // Resumed a little earlier than asked: known changes come again.
    bench.sink.next(held(5, 7, 1, 2));
    expect([feed.state, feed.version, feed.counts().HELD]).toEqual(['live', 7, 2]);
  });

  it('asks for a snapshot where changes are missing, and applies nothing until then', async () => {
    const bench = new Bench();
    const errors: unknown[] = [];
    const feed = await bench.open({ onError: (error) => errors.push(error) });
    bench.sink.next(empty);
    bench.sink.next(held(6, 7, 1));
    bench.sink.next(held(5, 6, 2));
    expect([feed.version, feed.counts().HELD, feed.state]).toEqual([5, 0, 'reconnecting']);
    bench.elapse();
    expect(bench.asked).toEqual([null, null]);
    bench.sink.next({ version: 7, states: 'FA==' });
    expect([feed.version, feed.counts().HELD, feed.state]).toEqual([7, 2, 'live']);
    expect(errors).toEqual([expect.any(RangeError)]);
  });

  it('asks for a snapshot until it has one, however often that fails', async () => {
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
    expect(bench.asked).toEqual([null, null, null, null, 5]);
  });

  it('takes nonsense for a reason to begin anew, and not at once', async () => {
    const bench = new Bench();
    const feed = await bench.open();
    bench.sink.next(empty);
    bench.sink.next({ fromVersion: 5, version: 6, seats: [{ index: 99, status: 'HELD' }] });
    expect([feed.version, bench.asked.length, bench.waiting]).toEqual([5, 1, true]);
    bench.elapse();
    expect(bench.asked).toEqual([null, null]);
  });

  it('does not hear a subscription that it has left', async () => {
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
    expect([bench.asked.length, bench.waiting]).toEqual([2, false]);
  });

  it('waits longer each time, and short again after it has been well for a while', async () => {
    const bench = new Bench();
    await bench.open();
    for (let i = 0; i < 9; i++) {
      bench.sink.next({ ...empty, version: i });
      bench.sink.complete();
      bench.elapse();
    }
    expect(bench.delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    bench.sink.next(empty);
    bench.nowMs += 10_000;
    for (let failures = 0; failures < 3; failures++) {
      bench.sink.complete();
      bench.elapse();
      bench.nowMs += 60_000;
    }
    expect(bench.delays.slice(-3)).toEqual([500, 1_000, 2_000]);
  });

  it('never waits longer than half a minute, and spreads what waits', () => {
    for (let failures = 0; failures < 2_000; failures++) {
      expect(getBackoffMs(failures, () => 1)).toBeLessThanOrEqual(BACKOFF_MAX_MS);
      expect(getBackoffMs(failures, () => 0)).toBe(0);
    }
  });

  it('begins anew at once when asked to, and on another connection where it had one', async () => {
    const bench = new Bench();
    let abandoned = 0;
    const feed = await bench.open({ abandon: () => void abandoned++ });
    bench.sink.next(empty);
    feed.reconnect();
    expect([bench.asked, bench.ended, bench.waiting, abandoned]).toEqual([[null, 5], 1, false, 1]);
    bench.sink.error('gone');
    feed.reconnect();
    expect([bench.asked, bench.waiting, abandoned]).toEqual([[null, 5, 5], false, 1]);
  });

  it('has one subscription only, though a callback asks it to begin anew', async () => {
    const bench = new Bench();
    const feed = await bench.open({ onState: (state) => state === 'reconnecting' && feed.reconnect() });
    bench.sink.next(empty);
    feed.reconnect();
    bench.sink.next(held(5, 6, 1));
    bench.sink.complete();
    expect([bench.asked.length - bench.ended, bench.waiting]).toEqual([1, false]);
  });

  it('calls nobody before it is there, so that a callback may close it', async () => {
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

  it('is silent once closed, from within a callback too', async () => {
    const bench = new Bench();
    const feed = await bench.open({ onState: (state) => state === 'live' && feed.close() });
    bench.sink.next(empty);
    bench.sink.next(held(5, 6, 1));
    bench.sink.complete();
    feed.reconnect();
    feed.close();
    expect([feed.state, bench.told, bench.asked.length, bench.ended, bench.waiting]).toEqual([
      'closed',
      [],
      1,
      1,
      false,
    ]);
  });

  it('survives callbacks that throw, and a subscribe that throws or answers at once', async () => {
    const bench = new Bench();
    const errors: unknown[] = [];
    const fault = new Error('from a callback');
    let calls = 0;
    const feed = await bench.open({
      subscribe: (_, sink) => {
        if (calls++ === 0) throw fault;
        sink.next({ version: 4 + calls, states: calls === 2 ? 'AQ==' : 'BA==' });
        if (calls === 2) sink.complete();
        return () => void bench.ended++;
      },
      onChange: () => {
        throw fault;
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
    expect(errors.filter((error) => error === fault)).toHaveLength(3);
  });
});
