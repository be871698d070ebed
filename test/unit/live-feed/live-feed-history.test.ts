import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SeatsChanged, SeatStatusCode } from '../../../src/messaging/messages.ts';
import type { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { followSeats, openSeats } from '../../../src/seating/live/seat-updates.ts';
import { makeBatchIds } from '../../support/batch-ids.ts';
import { SeatMapFollower } from '../../support/clients/seat-map-follower.ts';
import { expectShows, followIn, startFeeds, stopFeeds, TICK_MS } from './live-feed.fixture.ts';
import type { Recorded, RecordedEvent } from './recorded-event.fixture.ts';

/** Longer than the longest pause between two polls, and what a repair waits. */
const POLL_MS = 1_300;
const RUNS = 1_000;

let recorded: Recorded;
let event: RecordedEvent;
let feeds: LiveFeeds;

beforeEach(() => {
  ({ recorded, event, feeds } = startFeeds());
});
afterEach(() => stopFeeds(feeds));

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const commit = (...seats: number[]) => seats.map((seat) => event.commit([[seat, 1]]));
const snapshotsOf = ({ messages }: SeatMapFollower) => messages.filter(({ kind }) => kind === 'snapshot');

/** A follower at version 3, and a database that then lost two versions. */
async function afterLoss() {
  const { feed, follower } = await followIn(feeds, event);
  for (const message of commit(0, 1, 2)) recorded.deliver(message);
  await pass(TICK_MS);
  expectShows(event, follower);
  event.goBackTo(1);
  return { feed, follower };
}

async function first(afterVersion: number) {
  const updates = await followSeats(await openSeats({ db: recorded.db, feeds }, 1, afterVersion));
  const { value } = (await updates.next()) as IteratorYieldResult<{ kind: string; version: number }>;
  return value;
}

describe('a feed of a database that lost commits', () => {
  it.each([
    ['the same', 2],
    ['one more', 3],
    ['many more', 6],
  ])('notices at the next poll that %s version has come again', async (_, versions) => {
    const { follower } = await afterLoss();
    commit(...Array.from({ length: versions }, (_, i) => 7 - i));
    feeds.start();
    await pass(POLL_MS);
    expectShows(event, follower);
    expect(snapshotsOf(follower)).toHaveLength(2);
    for (const message of commit(5)) recorded.deliver(message);
    await pass(TICK_MS);
    expectShows(event, follower);
  });

  it.each([
    ['the version held, made by another batch', 2],
    ['a change that continues it by its number only', 3],
  ])('notices %s without a poll', async (_, versions) => {
    const { feed, follower } = await afterLoss();
    const messages = commit(...Array.from({ length: versions }, (_, i) => 7 - i));
    recorded.deliver(messages.at(-1) as SeatsChanged);
    await pass(0);
    expectShows(event, follower);
    expect(feed.peek()?.batchId).toBe(event.batchId);
  });

  it('reads the whole map where the record to close a gap with continues another batch', async () => {
    const { follower } = await afterLoss();
    const messages = commit(7, 6, 5, 4, 3);
    recorded.deliver(messages.at(-1) as SeatsChanged);
    await pass(TICK_MS);
    expectShows(event, follower);
    expect(snapshotsOf(follower)).toHaveLength(2);
  });

  it('applies what came while the map was read on top of it', async () => {
    const { follower } = await afterLoss();
    const [, second] = commit(7, 6);
    recorded.holdsUp = (statement) => statement === 'readSeatMaps';
    recorded.deliver(second as SeatsChanged);
    await pass(0);
    for (const message of commit(5, 4)) recorded.deliver(message);
    recorded.holdsUp = null;
    recorded.answer();
    await pass(TICK_MS);
    expect(follower.gaps).toEqual([]);
    expectShows(event, follower);
  });

  it('sends nothing again for a message of the lost history that comes late', async () => {
    const { follower } = await afterLoss();
    commit(7, 6, 5);
    feeds.start();
    await pass(POLL_MS);
    const had = follower.messages.length;
    recorded.deliver({
      eventId: 1,
      fromVersion: 3,
      version: 4,
      ...makeBatchIds(4),
      seats: [[3, 3]],
      bookingIds: [],
    });
    await pass(POLL_MS);
    expectShows(event, follower);
    expect(follower.messages).toHaveLength(had);
  });

  it('gives a snapshot to whoever resumes from a version that had been lost, until versions have passed it', async () => {
    const { follower } = await afterLoss();
    commit(7, 6, 5);
    feeds.start();
    await pass(POLL_MS);
    expect(follower.version).toBe(4);
    for (const version of [1, 2, 3, 4]) expect(await first(version)).toMatchObject({ kind: 'snapshot' });
    for (const message of commit(3, 2)) recorded.deliver(message);
    await pass(TICK_MS);
    expect(await first(4)).toMatchObject({ kind: 'snapshot' });
    expect(await first(5)).toMatchObject({ kind: 'changes', version: 6 });
  });
});

describe('whoever follows a feed, or resumes with what it showed,', () => {
  const change = fc.tuple(fc.nat({ max: 7 }), fc.constantFrom<SeatStatusCode[]>(0, 1, 2, 3));
  const step = fc.oneof(
    { weight: 8, arbitrary: change.map((seat) => ({ kind: 'commit', seat }) as const) },
    { weight: 3, arbitrary: change.map((seat) => ({ kind: 'commitLate', seat }) as const) },
    { weight: 2, arbitrary: fc.nat().map((n) => ({ kind: 'deliver', n }) as const) },
    { weight: 2, arbitrary: fc.nat().map((n) => ({ kind: 'lose', n }) as const) },
    { weight: 3, arbitrary: fc.constantFrom(0, 60, 1_300).map((ms) => ({ kind: 'pass', ms }) as const) },
    { weight: 2, arbitrary: fc.constant({ kind: 'resume' } as const) },
  );

  it(`ends with the map of the database, whatever it lost (${RUNS} histories)`, async () => {
    let losses = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (history) => {
        stopFeeds(feeds);
        ({ recorded, event, feeds } = startFeeds());
        feeds.start();
        const { follower } = await followIn(feeds, event);
        const followers = [follower];
        const late: SeatsChanged[] = [];
        for (const one of history) {
          if (one.kind === 'commit') recorded.deliver(event.commit([one.seat]));
          if (one.kind === 'commitLate') late.push(event.commit([one.seat]));
          if (one.kind === 'pass') await pass(one.ms);
          if (one.kind === 'deliver') {
            const message = late[one.n % Math.max(1, late.length)];
            if (message !== undefined) recorded.deliver(message);
          }
          if (one.kind === 'lose') {
            event.goBackTo(one.n % (event.version + 1));
            losses++;
          }
          if (one.kind === 'resume') followers.push(await resume(follower));
        }
        for (let i = 0; i < 4; i++) await pass(POLL_MS);
        for (const one of followers) expectShows(event, one);
      }),
      { numRuns: RUNS },
    );
    expect(losses).toBeGreaterThan(RUNS);
  });

  /** Another client with the same map, whose connection was lost. */
  async function resume({ version, states }: SeatMapFollower): Promise<SeatMapFollower> {
    const again = new SeatMapFollower(event.seatCount);
    again.take({ kind: 'snapshot', version: version ?? 0, states });
    const opening = openSeats({ db: recorded.db, feeds }, 1, again.version);
    await pass(TICK_MS);
    void again.run(await followSeats(await opening));
    return again;
  }
});
