import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { changeMessage } from '../../src/booking/change-message.ts';
import { holdSeats } from '../../src/booking/hold-seats.ts';
import { releaseBooking } from '../../src/booking/release-booking.ts';
import { connectDatabase, sql } from '../../src/platform/db.ts';
import { createPubSub, type PubSub } from '../../src/pubsub/pubsub.ts';
import { LiveFeeds } from '../../src/seating/live-feeds.ts';
import type { FeedMessage } from '../../src/seating/live-feed.ts';
import { bookingChanges, seatUpdates } from '../../src/seating/seat-updates.ts';
import { readSeatMap } from '../../src/seating/seat-map.sql.ts';
import { aBuyer, silent, startBookingProcess, type BookingProcess } from '../support/booking.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { createHall, type Hall } from '../support/hall.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';
import { SeatMapFollower } from '../support/seat-map-follower.ts';

let database: TestDatabase;
let redis: TestRedis;
let app: BookingProcess;
let pubsub: PubSub;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
  app = startBookingProcess(database.url);
  pubsub = createPubSub(redis.url, silent);
});

afterAll(async () => {
  await pubsub.close();
  await app[Symbol.asyncDispose]();
  await redis.stop();
  await database.drop();
});

/** Another API process: a subscriber and feeds of its own. */
function startNode(idleMs?: number) {
  const own = createPubSub(redis.url, silent);
  const feeds = new LiveFeeds({ db: app.database.reads, pubsub: own, logger: silent, tickMs: 20 }, idleMs);
  feeds.start();
  onTestFinished(async () => {
    feeds.stop();
    await own.close();
  });
  return { db: app.database.reads, feeds };
}

/** Holds a seat and gives it back, publishing each change as an API process does. */
async function change(at: Hall, seat: number): Promise<void> {
  const buyerId = aBuyer();
  const { id } = await holdSeats(app, {
    buyerId,
    eventId: at.eventId,
    seats: [seat],
    idempotencyKey: null,
    onConflict: 'FAIL',
  });
  if (seat % 2 === 0) await releaseBooking(app, { buyerId, eventId: at.eventId, bookingId: id });
  await publishAll(at);
}

async function publishAll(at: Hall): Promise<void> {
  for (const result of app.committed.splice(0))
    await pubsub.publishSeatsChanged(changeMessage(at.eventId, result));
}

async function follow(node: ReturnType<typeof startNode>, at: Hall, afterVersion: number | null = null) {
  const follower = new SeatMapFollower(at.seatCount);
  const updates = await seatUpdates(node, at.eventId, afterVersion);
  onTestFinished(async () => void (await updates.return?.()));
  void follower.run(updates);
  return follower;
}

async function isRight(follower: SeatMapFollower, at: Hall): Promise<boolean> {
  const map = await readSeatMap(app.database.reads, at.eventId);
  return map !== null && follower.version === map.version && follower.states === map.states.toBase64();
}

describe('the live seat map', () => {
  it('starts with a snapshot, and every change continues where the message before it ended', async () => {
    const at = await createHall(app.database.reads);
    const followers = await Promise.all([startNode(), startNode()].map((node) => follow(node, at)));
    for (let seat = 0; seat < 30; seat++) await change(at, seat);
    for (const follower of followers) {
      await eventually('the map is right', () => isRight(follower, at));
      expect(follower.messages[0]).toMatchObject({ kind: 'snapshot', version: 0 });
      expect(follower.gaps).toEqual([]);
      expect(follower.messages.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1);
    }
  });

  it('loses nothing that is committed while a follower is starting', async () => {
    const at = await createHall(app.database.reads);
    const changing = (async () => {
      for (let round = 0; round < 4; round++) for (let seat = 0; seat < 40; seat += 2) await change(at, seat);
    })();
    const followers = [];
    for (let i = 0; i < 20; i++) {
      const node = startNode();
      followers.push(await follow(node, at), await follow(node, at, 0), await follow(node, at, 0));
    }
    await changing;
    for (const follower of followers) {
      await eventually('the map is right', () => isRight(follower, at));
      expect(follower.gaps).toEqual([]);
    }
  });

  it('repairs from the record what was never published', async () => {
    const at = await createHall(app.database.reads);
    const follower = await follow(startNode(), at);
    await change(at, 1);
    await holdSeats(app, {
      buyerId: aBuyer(),
      eventId: at.eventId,
      seats: [2],
      idempotencyKey: null,
      onConflict: 'FAIL',
    });
    app.committed.length = 0; // The process dies between COMMIT and publish.
    await eventually('the map is right', () => isRight(follower, at));
    expect(follower.gaps).toEqual([]);
    expect(follower.messages.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1);
  });

  it('puts messages in order that arrive out of order, twice, or not at all', async () => {
    const at = await createHall(app.database.reads);
    const follower = await follow(startNode(), at);
    for (let seat = 0; seat < 6; seat++) {
      await holdSeats(app, {
        buyerId: aBuyer(),
        eventId: at.eventId,
        seats: [seat],
        idempotencyKey: null,
        onConflict: 'FAIL',
      });
    }
    const messages = app.committed.splice(0).map((result) => changeMessage(at.eventId, result));
    for (const i of [1, 0, 0, 4, 3, 5]) {
      const message = messages[i];
      if (message !== undefined) await pubsub.publishSeatsChanged(message);
    }
    await eventually('the map is right', () => isRight(follower, at));
    expect(follower.gaps).toEqual([]);
  });

  it('sends a snapshot again when the record no longer reaches back', async () => {
    const at = await createHall(app.database.reads);
    const follower = await follow(startNode(), at);
    for (const seat of [1, 3, 5]) await change(at, seat);
    await eventually('the map is right', () => isRight(follower, at));
    await holdSeats(app, {
      buyerId: aBuyer(),
      eventId: at.eventId,
      seats: [7],
      idempotencyKey: null,
      onConflict: 'FAIL',
    });
    await holdSeats(app, {
      buyerId: aBuyer(),
      eventId: at.eventId,
      seats: [9],
      idempotencyKey: null,
      onConflict: 'FAIL',
    });
    await app.database.reads.$executeRaw(
      sql`DELETE FROM event_changes WHERE event_id = ${at.eventId} AND version < 5`,
    );
    await publishAll(at);
    await change(at, 11);
    await eventually('the map is right', () => isRight(follower, at));
    expect(follower.gaps).toEqual([]);
  });

  it('is right again after Redis was killed, flushed and its connections cut', async () => {
    const at = await createHall(app.database.reads);
    const follower = await follow(startNode(), at);
    await change(at, 0);
    await redis.kill();
    for (const seat of [1, 3]) await change(at, seat);
    await eventually('the map is right without Redis', () => isRight(follower, at));
    await redis.restart();
    for (const seat of [5, 7]) await change(at, seat);
    await eventually('the map is right with Redis back', () => isRight(follower, at));
    expect(follower.gaps).toEqual([]);
  });

  it('is followed on when an earlier try to follow the event had failed', async () => {
    const node = startNode(50);
    const { eventId } = await createHall(app.database.reads);
    await expect(node.feeds.acquire(eventId + 1)).rejects.toThrow();
    const at = await createHall(app.database.reads);
    expect(at.eventId).toBe(eventId + 1);
    const follower = await follow(node, at);
    const started = performance.now();
    await eventually('the failed one would have been let go', () => performance.now() > started + 200);
    await change(at, 1);
    await eventually('the map is right', () => isRight(follower, at));
  });

  it('goes on from a snapshot when a version has no record at all', async () => {
    const at = await createHall(app.database.reads);
    const follower = await follow(startNode(), at);
    await app.database.reads.$executeRaw(
      sql`UPDATE events SET seat_version = seat_version + 1000000 WHERE id = ${at.eventId}`,
    );
    await eventually('the follower has the version', () => follower.version === 1_000_000);
    await change(at, 1);
    await eventually('the map is right', () => isRight(follower, at));
    expect(follower.gaps).toEqual([]);
  });

  it('starts while Redis is away', async () => {
    await redis.stop();
    try {
      const at = await createHall(app.database.reads);
      const follower = await follow(startNode(), at);
      await change(at, 1);
      await eventually('the map is right', () => isRight(follower, at));
      expect(follower.gaps).toEqual([]);
    } finally {
      await redis.restart();
    }
  });
});

describe('resuming', () => {
  it('continues from the version that the follower has', async () => {
    const at = await createHall(app.database.reads);
    const node = startNode();
    for (const seat of [0, 1, 2]) await change(at, seat);
    const resumed = await follow(node, at, 2);
    await eventually('a first message', () => resumed.messages.length > 0);
    expect(resumed.messages[0]).toMatchObject({ kind: 'changes', fromVersion: 2, version: 5 });
    const upToDate = await follow(node, at, 5);
    await eventually('a first message', () => upToDate.messages.length > 0);
    expect(upToDate.messages[0]).toEqual({ kind: 'changes', fromVersion: 5, version: 5, seats: [] });
  });

  it('loses nothing that is committed while the record is read', async () => {
    const at = await createHall(app.database.reads);
    const node = startNode();
    const live = await follow(node, at);
    await change(at, 1);
    // The reader's only connection is taken: it waits, until the change has gone by.
    const narrow = connectDatabase(database.url, silent, { batches: 1, reads: 1, worker: 1 });
    const resumed = new SeatMapFollower(at.seatCount);
    let started: Promise<AsyncIterableIterator<FeedMessage>> | undefined;
    await narrow.reads.$transaction(async () => {
      started = seatUpdates({ db: narrow.reads, feeds: node.feeds }, at.eventId, 0);
      await change(at, 3);
      await eventually('the change has gone by', () => isRight(live, at));
    });
    const updates = await started;
    if (updates !== undefined) void resumed.run(updates);
    await eventually('the resumed map is right', () => isRight(resumed, at));
    expect(resumed.gaps).toEqual([]);
    expect(resumed.messages[0]).toMatchObject({ kind: 'changes', fromVersion: 0 });
    await updates?.return?.();
    await narrow.close();
  });

  it.each([99, -1])('gives a snapshot for a version that is not on record (%i)', async (afterVersion) => {
    const at = await createHall(app.database.reads);
    await change(at, 0);
    const follower = await follow(startNode(), at, afterVersion);
    await eventually('a first message', () => follower.messages.length > 0);
    expect(follower.messages[0]).toMatchObject({ kind: 'snapshot', version: 2 });
  });
});

describe('a follower that does not read', () => {
  it('is given one snapshot later instead of a queue', async () => {
    const at = await createHall(app.database.reads, { rows: 20 });
    const node = startNode();
    const updates = await seatUpdates(node, at.eventId, null);
    const live = await follow(node, at);
    const snapshots: FeedMessage[] = [];
    for (let seat = 0; seat < 160; seat++) {
      await change(at, seat);
      // Each message is awaited, so that none coalesces with the next: the idle follower is sent every one of them.
      await eventually('the live follower has it', () => isRight(live, at));
      if (live.messages.length > 100) break;
    }
    const first = await updates.next();
    if (first.done !== true) snapshots.push(first.value);
    expect(snapshots[0]).toMatchObject({ kind: 'snapshot', version: live.version });
    await updates.return?.();
  });
});

describe('changes of one booking', () => {
  it('are told at once and then each time, to whoever follows it', async () => {
    const at = await createHall(app.database.reads);
    const node = startNode();
    const buyerId = aBuyer();
    const { id } = await holdSeats(app, {
      buyerId,
      eventId: at.eventId,
      seats: [1],
      idempotencyKey: null,
      onConflict: 'FAIL',
    });
    await publishAll(at);
    const changes = await bookingChanges(node, at.eventId, id);
    expect(await changes.next()).toEqual({ done: false, value: true });
    const next = changes.next();
    await change(at, 3);
    await releaseBooking(app, { buyerId, eventId: at.eventId, bookingId: id });
    await publishAll(at);
    expect(await next).toEqual({ done: false, value: true });
    await changes.return?.();
  });
});
