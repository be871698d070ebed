import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SeatsChanged, SeatStatusCode } from '../../../src/messaging/messages.ts';
import type { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { openSeatSource, subscribeToSeats } from '../../../src/seating/live/seat-updates.ts';
import { makeBatchIds } from '../../support/batch-ids.ts';
import { SeatMapClient } from '../../support/clients/seat-map-client.ts';
import { connectClient, expectShows, startFeeds, stopFeeds, TICK_MS } from './live-feed.fixture.ts';
import type { Recorded, RecordedEvent } from './recorded-event.fixture.ts';

/** Longer than the longest pause between two polls plus the wait of a repair. */
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
const snapshotsOf = ({ messages }: SeatMapClient) => messages.filter(({ kind }) => kind === 'snapshot');

/** Returns a client at version 3, and a database that then lost two versions. */
async function afterLoss() {
  const { feed, client } = await connectClient(feeds, event);
  for (const message of commit(0, 1, 2)) recorded.deliver(message);
  await pass(TICK_MS);
  expectShows(event, client);
  event.goBackTo(1);
  return { feed, client };
}

async function first(afterVersion: number) {
  const updates = await subscribeToSeats(await openSeatSource({ db: recorded.db, feeds }, 1, afterVersion));
  const { value } = (await updates.next()) as IteratorYieldResult<{ kind: string; version: number }>;
  return value;
}

describe('a feed of a database that lost commits', () => {
  it.each([
    ['the same', 2],
    ['one more', 3],
    ['many more', 6],
  ])('notices at the next poll that %s version was reached again', async (_, versions) => {
    const { client } = await afterLoss();
    commit(...Array.from({ length: versions }, (_, i) => 7 - i));
    feeds.start();
    await pass(POLL_MS);
    expectShows(event, client);
    expect(snapshotsOf(client)).toHaveLength(2);
    for (const message of commit(5)) recorded.deliver(message);
    await pass(TICK_MS);
    expectShows(event, client);
  });

  it.each([
    ['the version held, made by another batch', 2],
    ['a change that continues it by its number only', 3],
  ])('notices %s without a poll', async (_, versions) => {
    const { feed, client } = await afterLoss();
    const messages = commit(...Array.from({ length: versions }, (_, i) => 7 - i));
    recorded.deliver(messages.at(-1) as SeatsChanged);
    await pass(0);
    expectShows(event, client);
    expect(feed.peek()?.batchId).toBe(event.batchId);
  });

  it('reads the whole map if the record of a gap continues another batch', async () => {
    const { client } = await afterLoss();
    const messages = commit(7, 6, 5, 4, 3);
    recorded.deliver(messages.at(-1) as SeatsChanged);
    await pass(TICK_MS);
    expectShows(event, client);
    expect(snapshotsOf(client)).toHaveLength(2);
  });

  it('applies changes that arrive during the read of the map on top of it', async () => {
    const { client } = await afterLoss();
    const [, second] = commit(7, 6);
    recorded.holdsUp = (statement) => statement === 'readSeatMaps';
    recorded.deliver(second as SeatsChanged);
    await pass(0);
    for (const message of commit(5, 4)) recorded.deliver(message);
    recorded.holdsUp = null;
    recorded.answer();
    await pass(TICK_MS);
    expect(client.gaps).toEqual([]);
    expectShows(event, client);
  });

  it('sends nothing for a late message of the lost history', async () => {
    const { client } = await afterLoss();
    commit(7, 6, 5);
    feeds.start();
    await pass(POLL_MS);
    const had = client.messages.length;
    recorded.deliver({
      eventId: 1,
      fromVersion: 3,
      version: 4,
      ...makeBatchIds(4),
      seats: [[3, 3]],
      bookingIds: [],
    });
    await pass(POLL_MS);
    expectShows(event, client);
    expect(client.messages).toHaveLength(had);
  });

  it('sends a snapshot to a client that resumes from a lost version, until later versions', async () => {
    const { client } = await afterLoss();
    commit(7, 6, 5);
    feeds.start();
    await pass(POLL_MS);
    expect(client.version).toBe(4);
    for (const version of [1, 2, 3, 4]) expect(await first(version)).toMatchObject({ kind: 'snapshot' });
    for (const message of commit(3, 2)) recorded.deliver(message);
    await pass(TICK_MS);
    expect(await first(4)).toMatchObject({ kind: 'snapshot' });
    expect(await first(5)).toMatchObject({ kind: 'changes', version: 6 });
  });
});

describe('a client that subscribes or resumes', () => {
  const change = fc.tuple(fc.nat({ max: 7 }), fc.constantFrom<SeatStatusCode[]>(0, 1, 2, 3));
  const step = fc.oneof(
    { weight: 8, arbitrary: change.map((seat) => ({ kind: 'commit', seat }) as const) },
    { weight: 3, arbitrary: change.map((seat) => ({ kind: 'commitLate', seat }) as const) },
    { weight: 2, arbitrary: fc.nat().map((n) => ({ kind: 'deliver', n }) as const) },
    { weight: 2, arbitrary: fc.nat().map((n) => ({ kind: 'lose', n }) as const) },
    { weight: 3, arbitrary: fc.constantFrom(0, 60, 1_300).map((ms) => ({ kind: 'pass', ms }) as const) },
    { weight: 2, arbitrary: fc.constant({ kind: 'resume' } as const) },
  );

  it(`ends with the map of the database, no matter what it lost (${RUNS} histories)`, async () => {
    let losses = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (history) => {
        stopFeeds(feeds);
        ({ recorded, event, feeds } = startFeeds());
        feeds.start();
        const { client } = await connectClient(feeds, event);
        const clients = [client];
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
          if (one.kind === 'resume') clients.push(await resume(client));
        }
        for (let i = 0; i < 4; i++) await pass(POLL_MS);
        for (const one of clients) expectShows(event, one);
      }),
      { numRuns: RUNS },
    );
    expect(losses).toBeGreaterThan(RUNS);
  });

  /** Returns another client that had the same map and lost its connection. */
  async function resume({ version, states }: SeatMapClient): Promise<SeatMapClient> {
    const again = new SeatMapClient(event.seatCount);
    again.apply({ kind: 'snapshot', version: version ?? 0, states });
    const opening = openSeatSource({ db: recorded.db, feeds }, 1, again.version);
    await pass(TICK_MS);
    void again.run(await subscribeToSeats(await opening));
    return again;
  }
});
