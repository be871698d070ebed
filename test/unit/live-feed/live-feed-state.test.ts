import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SeatsChanged } from '../../../src/messaging/messages.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { LiveFeed } from '../../../src/seating/live/live-feed.ts';
import { nextFeedState, type FeedEvent, type FeedState } from '../../../src/seating/live/live-feed-state.ts';
import { makeBatchId } from '../../support/batch-ids.ts';
import { Recorded } from './recorded-event.fixture.ts';

/** The transition table again, written by hand. Row: state. Column: event. */
const table = `
                loaded          gapFound        caughtUp  conflictFound   gapTimedOut     repairEnded closed
starting        live            starting        starting  starting        starting        starting    closed
live            live            waiting         live      repairing       live            live        closed
waiting         waiting         waiting         live      repairing       repairing       waiting     closed
repairing       repairing       repairingBehind repairing repairing       repairing       live        closed
repairingBehind repairingBehind repairingBehind repairing repairingBehind repairingBehind waiting     closed
closed          closed          closed          closed    closed          closed          closed      closed
`;

interface Cell {
  readonly state: FeedState;
  readonly event: FeedEvent;
  readonly next: FeedState;
}

const [events = [], ...rows] = table
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/));
const cells = rows.flatMap(([state, ...nexts]) =>
  nexts.map((next, column) => ({ state, event: events[column], next }) as Cell),
);
/** Only the read at the start raises `loaded`, and it never raises `repairEnded`. */
const reachable = cells.filter(({ state, event }) =>
  state === 'starting' ? event !== 'repairEnded' : event !== 'loaded',
);

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A feed whose reads of the database wait for `recorded.answer`. */
class Bench {
  readonly recorded = new Recorded();
  readonly event = this.recorded.add(1);
  readonly feed: LiveFeed;
  readonly #undelivered: SeatsChanged[] = [];

  constructor() {
    const { db, subscriber } = this.recorded;
    this.feed = new LiveFeed({ db, subscriber, logger: createLogger('silent'), tickMs: 100 }, 1);
    this.recorded.holdsUp = () => true;
  }

  async bring(to: FeedState): Promise<void> {
    void this.feed.start();
    await this.#settle();
    if (to === 'starting') return;
    await this.#answer();
    if (to === 'closed') this.feed.stop();
    if (to === 'live' || to === 'closed') return;
    this.#skipOne();
    if (to === 'waiting') return;
    await vi.advanceTimersByTimeAsync(60);
    if (to === 'repairingBehind') this.#skipOne();
  }

  async raise(event: FeedEvent): Promise<void> {
    if (event === 'loaded' || event === 'repairEnded') await this.#answer();
    if (event === 'gapFound') this.#skipOne();
    if (event === 'caughtUp') this.#deliverAll();
    if (event === 'conflictFound')
      this.feed.checkVersion({ version: this.feed.version, batchId: makeBatchId(99, 7) }, this.feed.version);
    if (event === 'gapTimedOut') await vi.advanceTimersByTimeAsync(60);
    if (event === 'closed') this.feed.stop();
  }

  #commit(): SeatsChanged {
    return this.event.commit([[this.event.version % this.event.seatCount, 1]]);
  }

  /** Commits two changes and delivers only the second. */
  #skipOne(): void {
    this.#undelivered.push(this.#commit());
    this.recorded.deliver(this.#commit());
  }

  #deliverAll(): void {
    for (const message of this.#undelivered.splice(0)) this.recorded.deliver(message);
    this.recorded.deliver(this.#commit());
  }

  async #answer(): Promise<void> {
    this.recorded.answer();
    await this.#settle();
  }

  async #settle(): Promise<void> {
    await vi.advanceTimersByTimeAsync(0);
  }
}

describe('the states of a live feed', () => {
  it('have a transition for each event', () => {
    expect(cells).toHaveLength(6 * 7);
    expect(cells.map(({ state, event }) => nextFeedState(state, event))).toEqual(
      cells.map(({ next }) => next),
    );
  });

  it.each(reachable)('$state changes to $next on $event', async ({ state, event, next }) => {
    const bench = new Bench();
    await bench.bring(state);
    expect(bench.feed.state).toBe(state);
    await bench.raise(event);
    expect(bench.feed.state).toBe(next);
    bench.feed.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
