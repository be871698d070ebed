import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { auditLiveMaps } from '../../../src/booking/audit/maps/live-maps.ts';
import { printReport } from '../../../src/booking/audit/print-report.ts';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { releaseBooking } from '../../../src/booking/operations/release-booking.ts';
import { sql } from '../../../src/platform/database/db.ts';
import type { SeatsChanged } from '../../../src/messaging/messages.ts';
import type { LiveFeed } from '../../../src/seating/live/live-feed.ts';
import { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { LiveMapReporter, createLiveMapReports } from '../../../src/seating/live/live-map-reports.ts';
import { createBuyerId, silent, silentSubscriber } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { backUp } from '../../support/services/lost-commits.ts';
import { nextChange } from '../../support/next-change.ts';
import { startAuditBench, type AuditBench } from './audit.fixture.ts';

const AUDITS = 50;

let bench: AuditBench;
let at: Hall;

beforeAll(async () => {
  bench = await startAuditBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

beforeEach(async () => {
  await bench.flushRedis();
  at = await createHall(bench.app.database.reads);
  bench.app.committed.length = 0;
});

/** Starts a node that follows the hall, receives no messages, and reports its map continuously. */
async function startNode({ polls = false } = {}): Promise<{
  readonly feed: LiveFeed;
  readonly stop: () => void;
}> {
  const { reads } = bench.app.database;
  const feeds = new LiveFeeds({ db: reads, subscriber: silentSubscriber, logger: silent, tickMs: 10 });
  const reporter = new LiveMapReporter(bench.redis, feeds, silent, 10);
  if (polls) feeds.start();
  reporter.start();
  const stop = () => {
    reporter.stop();
    feeds.stop();
  };
  onTestFinished(stop);
  const { feed } = await feeds.acquire(at.eventId);
  await eventually('the node has reported', async () => (await reported()).includes(feed.version));
  return { feed, stop };
}

async function reported(): Promise<readonly number[]> {
  const reports = await createLiveMapReports(bench.redis).read();
  return reports.flatMap(({ maps }) =>
    maps.filter(({ eventId }) => eventId === at.eventId).map((m) => m.version),
  );
}

async function hold(...seats: number[]): Promise<SeatsChanged> {
  for (const seat of seats) {
    const order = { buyerId: createBuyerId(), idempotencyKey: null, onConflict: 'FAIL' as const };
    await holdSeats(bench.app, { ...order, eventId: at.eventId, seats: [seat] });
  }
  const last = bench.app.committed.at(-1);
  if (last === undefined) throw new Error('nothing was committed');
  return last;
}

async function found(): Promise<readonly string[]> {
  // Up to twenty reports lie between the two checks, fewer on a busy machine.
  const { breaches, unchecked } = await auditLiveMaps(
    bench.app.database.worker,
    createLiveMapReports(bench.redis),
    undefined,
    200,
  );
  expect(unchecked).toBeNull();
  return breaches.map(({ eventId, fault }) => `${eventId} ${fault.replace(/^.*node \S+ /, '')}`);
}

/** Returns the findings once there are any: reports arrive shortly after the maps. */
async function firstFound(): Promise<readonly string[]> {
  let faults: readonly string[] = [];
  await eventually('the audit finds something', async () => (faults = await found()).length > 0);
  return faults;
}

describe('the audit of the live maps', () => {
  it('accepts a node that shows the map of the database, or briefly an older one', async () => {
    const { feed } = await startNode();
    expect(await found()).toEqual([]);
    const change = await hold(1);
    expect(await found()).toEqual([]);
    feed.apply(change);
    await eventually('the node has reported it', async () => (await reported()).includes(1));
    expect(await found()).toEqual([]);
  });

  it('finds a node that shows other seats', async () => {
    const { feed } = await startNode();
    feed.apply({ ...(await hold(1)), seats: [[2, 1]] });
    expect(await firstFound()).toEqual([`${at.eventId} of version 1 shows other seats than the database`]);
  });

  it('finds a node with a version that the database has not reached', async () => {
    const { feed } = await startNode();
    feed.apply(nextChange(feed, [[3, 1]]));
    expect(await firstFound()).toEqual([`${at.eventId} has version 1, the event is at 0`]);
  });

  it.each([
    ['the same version', [5], 'has version 1 of a history that was lost'],
    ['a later version', [5, 6], 'has version 1, which is not on record'],
  ])('finds a node that does not notice lost commits, once %s is there', async (_, seats, text) => {
    const backup = await backUp(bench.app.database.reads, at.eventId);
    const { feed } = await startNode();
    feed.apply(await hold(1));
    await backup.restore();
    await hold(...seats);
    expect(await firstFound()).toEqual([`${at.eventId} ${text}`]);
  });

  it('accepts a node that notices lost commits', async () => {
    const backup = await backUp(bench.app.database.reads, at.eventId);
    const { feed } = await startNode({ polls: true });
    feed.apply(await hold(1));
    await backup.restore();
    await hold(5);
    const reports = createLiveMapReports(bench.redis);
    // Longer than the maximum pause between two polls.
    const { count } = await auditLiveMaps(bench.app.database.worker, reports, undefined, 2_500);
    expect(count).toBe(0);
    await eventually('it shows the map of now', () => feed.peek()?.version === 1);
  });

  it('finds a node that has been behind for long', async () => {
    await startNode();
    await hold(1);
    await bench.app.database.reads.$executeRaw(sql`UPDATE event_changes
      SET committed_at = committed_at - interval '1 minute' WHERE event_id = ${at.eventId}`);
    expect(await firstFound()).toEqual([
      `${at.eventId} has version 0, the event has been at 1 for longer than 20 s`,
    ]);
  });

  it('does not count the last report of a node that has ended', async () => {
    const { feed, stop } = await startNode();
    feed.apply(nextChange(feed, [[3, 1]]));
    await eventually('the node has reported it', async () => (await reported()).includes(1));
    stop();
    expect(await found()).toEqual([]);
    expect(await reported()).toEqual([1]);
  });

  it('ignores invalid reports, and forgets nodes that have ended', async () => {
    const foreign = ['good morning', 'null', '{"node":"a","number":1,"maps":[7]}', '{"node":"a","maps":[]}'];
    for (const [i, text] of foreign.entries()) {
      await bench.redis.sadd('{nodes}:maps', `foreign-${i}`);
      await bench.redis.set(`{nodes}:maps:foreign-${i}`, text);
    }
    await bench.redis.sadd('{nodes}:maps', 'ended');
    expect(await found()).toEqual([]);
    expect(await bench.redis.sismember('{nodes}:maps', 'ended')).toBe(0);
  });

  it('expires the reports of a node that is stuck', async () => {
    await startNode();
    const [node = ''] = await bench.redis.smembers('{nodes}:maps');
    expect(await bench.redis.pttl(`{nodes}:maps:${node}`)).toBeGreaterThan(0);
  });

  it('reports what could not be compared', async () => {
    const away = { read: () => Promise.reject(new Error('Connection is closed.')) };
    expect(printReport(await bench.audit({ liveMaps: away }))).toMatch(
      /I10 .+ 0, not checked: live maps: .+ Connection is closed\./,
    );
  });

  it(`raises no alarm in ${AUDITS} audits while seats change hands`, async () => {
    const { feed } = await startNode({ polls: true });
    const { app } = bench;
    const { eventId } = at;
    let going = true;
    let compared = 0;
    const trading = (async () => {
      while (going) {
        const buyerId = createBuyerId();
        const order = { buyerId, eventId, idempotencyKey: null, onConflict: 'FAIL' as const };
        const { id: bookingId } = await holdSeats(app, { ...order, seats: [1] });
        await releaseBooking(app, { buyerId, eventId, bookingId });
        for (const message of app.committed.splice(0)) feed.apply(message);
      }
    })();
    const counted = {
      async read() {
        const reports = await createLiveMapReports(bench.redis).read();
        compared += reports.flatMap(({ maps }) => maps).length;
        return reports;
      },
    };
    try {
      for (let i = 0; i < AUDITS; i++)
        expect(await auditLiveMaps(app.database.worker, counted, undefined, 0)).toMatchObject({ count: 0 });
    } finally {
      going = false;
      await trading;
    }
    expect(compared).toBeGreaterThan(AUDITS / 2);
  });
});
