import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import type { SeatStatusCode } from '../../../src/messaging/messages.ts';
import type { FeedMessage } from '../../../src/seating/live/feed-message.ts';
import { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { watchSeats } from '../../support/clients/watch-seats.ts';
import { toSeatStatus } from '../../../src/seating/map/seat-map.ts';
import {
  createSeatFeed,
  type SeatFeed,
  type SeatFeedSink,
} from '../../../src/web/seat-feed/create-seat-feed.ts';
import { Recorded } from '../live-feed/recorded-event.fixture.ts';

const SEATS = 9;
const RUNS = 300;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

async function turns(): Promise<void> {
  for (let i = 0; i < 25; i++) await Promise.resolve();
}

/** A message in the form of the schema. */
function written(message: FeedMessage): object {
  if (message.kind === 'snapshot') return { version: message.version, states: message.states };
  const seats = message.seats.map(([index, code]) => ({ index, status: toSeatStatus(code) }));
  return { fromVersion: message.fromVersion, version: message.version, seats };
}

/** Fate of a message between the server and the page. */
type Fate = 'arrives' | 'is lost' | 'comes twice' | 'comes late' | 'breaks the connection';

/** A server with one page, and a connection that treats each message as the test decides. */
class World {
  readonly recorded = new Recorded();
  readonly event = this.recorded.add(1, SEATS);
  readonly feeds: LiveFeeds;
  readonly feed: SeatFeed;
  readonly subscribed: (number | null)[] = [];
  fates: Fate[] = [];
  #late: unknown[] = [];

  constructor() {
    const { db, subscriber } = this.recorded;
    this.feeds = new LiveFeeds({ db, subscriber, logger: createLogger('silent'), tickMs: 100 });
    this.feeds.start();
    this.feed = createSeatFeed({
      seatCount: SEATS,
      subscribe: (afterVersion, sink) => this.#subscribe(afterVersion, sink),
      onChange: ({ version }) => {
        // The page always shows exactly the map of its version.
        if (this.feed.states !== this.event.history.get(version)) this.wrong.push(version);
      },
    });
  }

  readonly wrong: number[] = [];

  #subscribe(afterVersion: number | null, sink: SeatFeedSink): () => void {
    this.subscribed.push(afterVersion);
    let updates: AsyncIterableIterator<FeedMessage> | undefined;
    let over = false;
    const run = async () => {
      updates = await watchSeats({ db: this.recorded.db, feeds: this.feeds }, 1, afterVersion);
      for await (const message of updates) {
        if (over) return;
        this.#pass(written(message), sink);
      }
    };
    void run();
    return () => {
      over = true;
      void updates?.return?.();
    };
  }

  #pass(message: unknown, sink: SeatFeedSink): void {
    const fate = this.fates.shift() ?? 'arrives';
    if (fate === 'comes late') return void this.#late.push(message);
    if (fate === 'breaks the connection') return sink.error(new Error('cut'));
    if (fate !== 'is lost') sink.next(message);
    if (fate === 'comes twice') sink.next(message);
    for (const late of this.#late.splice(0)) sink.next(late);
  }

  close(): void {
    this.feed.close();
    this.feeds.stop();
    vi.clearAllTimers();
  }
}

const seats = fc.array(fc.tuple(fc.nat({ max: SEATS - 1 }), fc.constantFrom<SeatStatusCode[]>(0, 1, 2, 3)), {
  minLength: 1,
  maxLength: 4,
});
const history = fc.array(
  fc.record({
    seats,
    pauseMs: fc.constantFrom(0, 50, 200, 3_000),
    fate: fc.constantFrom<Fate[]>(
      'arrives',
      'arrives',
      'is lost',
      'comes twice',
      'comes late',
      'breaks the connection',
    ),
    event: fc.constantFrom('nothing', 'nothing', 'nothing', 'jump', 'prune', 'wake'),
  }),
  { minLength: 1, maxLength: 30, size: 'max' },
);

it(`shows the right map at the end, and never a wrong one, over an unreliable connection (${RUNS} histories)`, async () => {
  let subscriptions = 0;
  let resumed = 0;
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const world = new World();
      for (const { seats: changed, pauseMs, fate, event } of steps) {
        world.fates.push(fate);
        if (event === 'jump') world.event.jump();
        if (event === 'prune') world.event.record.splice(0, 1);
        if (event === 'wake') world.feed.reconnect();
        world.recorded.deliver(world.event.commit(changed));
        vi.advanceTimersByTime(pauseMs);
        await turns();
      }
      // From here on nothing is lost, so the next change reveals earlier losses.
      world.fates = [];
      for (let i = 0; i < 3; i++) {
        world.recorded.deliver(world.event.commit([[0, (i % 2) as SeatStatusCode]]));
        for (let second = 0; second < 32; second++) {
          vi.advanceTimersByTime(1_000);
          await turns();
        }
      }
      const { feed, event } = world;
      expect([feed.state, feed.version, feed.states]).toEqual(['live', event.version, event.states]);
      expect(world.wrong).toEqual([]);
      subscriptions += world.subscribed.length;
      resumed += world.subscribed.filter((after) => after !== null).length;
      world.close();
    }),
    { numRuns: RUNS },
  );
  console.log(`${subscriptions} subscriptions, ${resumed} of them resumed`);
  expect(resumed).toBeGreaterThan(RUNS);
});
