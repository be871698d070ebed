import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import type { SeatsChanged, SeatStatusCode } from '../../../src/messaging/messages.ts';
import type { FeedMessage } from '../../../src/seating/live/feed-message.ts';
import { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { watchSeats } from '../../support/clients/watch-seats.ts';
import { SeatMapClient } from '../../support/clients/seat-map-client.ts';
import { Recorded, type RecordedEvent } from './recorded-event.fixture.ts';

const SEATS = 9;
const RUNS = 2_000;
const silent = createLogger('silent');

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Lets the promises of reads and repairs settle. */
async function turns(): Promise<void> {
  for (let i = 0; i < 25; i++) await Promise.resolve();
}

async function pass(ms: number): Promise<void> {
  vi.advanceTimersByTime(ms);
  await turns();
}

/** A client that checks every message. */
class Watcher extends SeatMapClient {
  readonly #event: RecordedEvent;

  constructor(event: RecordedEvent) {
    super(SEATS);
    this.#event = event;
  }

  override apply(message: FeedMessage): void {
    const before = this.version ?? -1;
    super.apply(message);
    if (message.kind === 'changes') {
      const seats = message.seats.map(([seat]) => seat);
      if (new Set(seats).size !== seats.length) throw new Error('a message contains a seat twice');
    }
    if (message.version < before) throw new Error(`version ${message.version} after ${before}`);
    if (this.states !== this.#event.history.get(message.version))
      throw new Error(`not the map of version ${message.version}`);
  }
}

class World {
  readonly recorded = new Recorded();
  readonly event = this.recorded.add(1, SEATS);
  readonly feeds: LiveFeeds;
  readonly watchers: Watcher[] = [];
  readonly late: SeatsChanged[] = [];
  readonly #underWay: Promise<unknown>[] = [];
  readonly #faults: unknown[] = [];
  readonly #slow: (() => void)[] = [];

  constructor() {
    const { db, subscriber } = this.recorded;
    this.feeds = new LiveFeeds({ db, subscriber, logger: silent, tickMs: 100 });
    this.feeds.start();
  }

  /** Adds a client that starts from nothing, or resumes from the version of another one. */
  join(resume: boolean, reads: boolean): void {
    const watcher = new Watcher(this.event);
    const known = resume ? this.watchers.find(({ version }) => version !== null) : undefined;
    if (known?.version != null)
      watcher.apply({ kind: 'snapshot', version: known.version, states: known.states });
    this.watchers.push(watcher);
    const ctx = { db: this.recorded.db, feeds: this.feeds };
    const opened = watchSeats(ctx, 1, watcher.version).then((updates) => {
      const run = () => void watcher.run(updates).catch((error: unknown) => this.#faults.push(error));
      if (reads) run();
      else this.#slow.push(run);
    });
    this.#underWay.push(opened);
  }

  async settle(): Promise<void> {
    this.recorded.holdsUp = null;
    for (let i = 0; i < 8; i++) {
      this.recorded.answer();
      await pass(700);
    }
    await Promise.all(this.#underWay);
    for (const run of this.#slow) run();
    // Long enough to empty a full queue.
    for (let i = 0; i < 20; i++) await turns();
    this.feeds.stop();
    if (this.#faults.length > 0) throw this.#faults[0];
  }
}

const seats = fc.array(fc.tuple(fc.nat({ max: SEATS - 1 }), fc.constantFrom<SeatStatusCode[]>(0, 1, 2, 3)), {
  maxLength: 4,
});

type Step = (world: World) => unknown;
const step = (name: string, run: Step): fc.Arbitrary<Step> =>
  fc.constant(Object.assign(run, { [fc.toStringMethod]: () => name }));

const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: seats.map(
        (changed): Step =>
          (w) =>
            w.recorded.deliver(w.event.commit(changed)),
      ),
    },
    {
      weight: 3,
      arbitrary: seats.map(
        (changed): Step =>
          (w) =>
            w.late.push(w.event.commit(changed)),
      ),
    },
    {
      weight: 2,
      arbitrary: seats.map(
        (changed): Step =>
          (w) =>
            w.event.commit(changed),
      ),
    },
    {
      weight: 4,
      arbitrary: fc.nat().map((n): Step => (w) => {
        // Any late message. It stays in the list, so it may be delivered twice.
        const message = w.late[n % Math.max(1, w.late.length)];
        if (message !== undefined) w.recorded.deliver(message);
      }),
    },
    {
      weight: 4,
      arbitrary: fc.constantFrom(0, 10, 60, 200, 1_300).map(
        (ms): Step =>
          () =>
            pass(ms),
      ),
    },
    { weight: 2, arbitrary: step('readers wait', (w) => (w.recorded.holdsUp = () => true)) },
    {
      weight: 3,
      arbitrary: step('readers are answered', (w) => {
        w.recorded.holdsUp = null;
        w.recorded.answer();
      }),
    },
    {
      weight: 2,
      arbitrary: fc.boolean().map(
        (reads): Step =>
          (w) =>
            w.join(false, reads),
      ),
    },
    { weight: 2, arbitrary: step('one resumes', (w) => w.join(true, true)) },
    { weight: 1, arbitrary: step('the record is pruned', (w) => w.event.record.splice(0, 2)) },
    { weight: 1, arbitrary: step('versions jump', (w) => w.event.jump()) },
  ),
  { maxLength: 60, size: 'max' },
);

describe('a live feed and its subscribers', () => {
  it(`end with the map of the database, and only show maps that existed (${RUNS} histories)`, async () => {
    let messages = 0;
    let snapshots = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const world = new World();
        world.join(false, true);
        await turns();
        for (const run of history) {
          await run(world);
          await turns();
        }
        await world.settle();
        for (const { version, states, gaps, messages: received } of world.watchers) {
          const { event } = world;
          expect({ version, states, gaps }).toEqual({
            version: event.version,
            states: event.states,
            gaps: [],
          });
          messages += received.length;
          snapshots += received.filter(({ kind }) => kind === 'snapshot').length;
        }
        vi.clearAllTimers();
      }),
      { numRuns: RUNS },
    );
    console.log(`${messages} messages, ${snapshots} of them snapshots`);
  });

  it('receive the merged changes once per tick, each seat with its latest status', async () => {
    const batches = fc.array(fc.tuple(seats, fc.nat({ max: 150 })), {
      minLength: 1,
      maxLength: 20,
      size: 'max',
    });
    await fc.assert(
      fc.asyncProperty(batches, async (history) => {
        const world = new World();
        world.join(false, true);
        await turns();
        const times = [];
        for (const [changed, pauseMs] of history) {
          world.recorded.deliver(world.event.commit(changed));
          times.push(performance.now());
          await pass(pauseMs);
        }
        await pass(100);
        const [watcher] = world.watchers;
        const changes = watcher?.messages.slice(1) ?? [];
        // The first immediately, then at most one per tick.
        const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
        expect(changes.length).toBeLessThanOrEqual(2 + spanMs / 100);
        expect(changes.every(({ kind }) => kind === 'changes')).toBe(true);
        expect(watcher).toMatchObject({ version: history.length, states: world.event.states, gaps: [] });
        await world.settle();
        vi.clearAllTimers();
      }),
      { numRuns: 100 },
    );
  });
});
