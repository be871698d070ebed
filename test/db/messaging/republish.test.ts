import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import type { SeatsChanged } from '../../../src/messaging/messages.ts';
import {
  createPublisher,
  type Publisher,
  createWatermarks,
  type Watermarks,
} from '../../../src/messaging/publisher.ts';
import { createSubscriber, type Subscriber } from '../../../src/messaging/subscriber.ts';
import { republishAll, republishRecent, type RepublishContext } from '../../../src/workers/republish.ts';
import { makeBatchIds } from '../../support/batch-ids.ts';
import {
  createBuyerId,
  silent,
  startBookingProcess,
  unannounced,
  type BookingProcess,
} from '../../support/booking.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { backUp } from '../../support/services/lost-commits.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';

let database: TestDatabase;
let server: TestRedis;
let app: BookingProcess;
let redis: Redis;
let publisher: Publisher;
let subscriber: Subscriber;
let watermarks: Watermarks;
let worker: RepublishContext;
let hall: Hall;

beforeAll(async () => {
  [database, server] = await Promise.all([createTestDatabase(), startTestRedis()]);
  app = startBookingProcess(database.url);
  redis = connectRedis(server.address, 'test', silent);
  publisher = createPublisher(server.address, silent);
  subscriber = createSubscriber(server.address, silent);
  watermarks = createWatermarks(redis);
  worker = { ...unannounced, db: app.database.worker, publisher, watermarks };
  await eventually('Redis is connected', () => watermarks.reachable);
});

afterAll(async () => {
  await publisher.close();
  subscriber.close();
  redis.disconnect();
  await app[Symbol.asyncDispose]();
  await Promise.all([server.stop(), database.drop()]);
});

beforeEach(async () => {
  hall = await createHall(app.database.reads, { rows: 20, seatLimit: 200 });
});

/** Commits changes like a process that ends before it publishes them. */
async function commit(count: number): Promise<void> {
  const buyerId = createBuyerId();
  for (let i = 0; i < count; i++) {
    const seats = [nextSeat++ % hall.seatCount];
    await holdSeats(app, { buyerId, eventId: hall.eventId, seats, idempotencyKey: null, onConflict: 'FAIL' });
  }
}
let nextSeat = 0;

const changedAgo = (seconds: number) =>
  app.database.reads.$executeRaw(sql`UPDATE event_changes
    SET committed_at = clock_timestamp() - make_interval(secs => ${seconds}::float8) WHERE event_id = ${hall.eventId}`);

async function subscribe(): Promise<SeatsChanged[]> {
  const received: SeatsChanged[] = [];
  const subscription = subscriber.subscribeSeatsChanged(hall.eventId, (message) => received.push(message));
  onTestFinished(() => subscription.close());
  await subscription.ready;
  return received;
}

const watermark = async () => (await watermarks.read([hall.eventId]))[0];
const versionsOf = (messages: readonly SeatsChanged[]) => messages.map(({ version }) => version);

describe('a change that was committed but not published', () => {
  it('is published by the worker, in order, with its watermark', async () => {
    const received = await subscribe();
    await commit(3);
    await watermarks.raise(hall.eventId, 1);
    await changedAgo(2);
    expect(await republishRecent(worker)).toBe(2);
    await eventually('the messages arrive', () => received.length === 2);
    expect(received.map(({ fromVersion, version }) => [fromVersion, version])).toEqual([
      [1, 2],
      [2, 3],
    ]);
    expect(received.every(({ seats, bookingIds }) => seats.length === 1 && bookingIds.length === 1)).toBe(
      true,
    );
    expect(await watermark()).toBe(3);
    expect(await republishRecent(worker)).toBe(0);
  });

  it('is left to its own process for a second', async () => {
    await commit(1);
    expect(await republishRecent(worker)).toBe(0);
    await eventually('it is published in the end', async () => (await republishRecent(worker)) === 1);
  });

  it('is found without a watermark', async () => {
    const received = await subscribe();
    await commit(2);
    await server.everyNode((node) => node.flushall());
    await changedAgo(2);
    await republishRecent(worker);
    await eventually('the newest arrives', () => received.length === 1);
    expect(versionsOf(received)).toEqual([2]);
    expect(await watermark()).toBe(2);
  });

  it('is represented by the newest change if there are many', async () => {
    const received = await subscribe();
    await commit(103);
    await watermarks.raise(hall.eventId, 2);
    await changedAgo(2);
    expect(await republishRecent(worker)).toBe(1);
    await eventually('the newest arrives', () => received.length === 1);
    expect(received[0]).toMatchObject({ fromVersion: 102, version: 103 });
  });

  it('is found after an hour, by the check of all events', async () => {
    const received = await subscribe();
    await commit(2);
    await watermarks.raise(hall.eventId, 1);
    await changedAgo(3_600);
    expect(await republishRecent(worker)).toBe(0);
    await republishAll(worker);
    await eventually('it arrives', () => received.length === 1);
    expect(await watermark()).toBe(2);
  });

  it('is published at most once by each of several workers, and the watermark is right', async () => {
    const received = await subscribe();
    await commit(5);
    await watermarks.raise(hall.eventId, 1);
    await changedAgo(2);
    await Promise.all(Array.from({ length: 4 }, () => republishRecent(worker)));
    await eventually('all arrive', () => new Set(versionsOf(received)).size === 4);
    expect(await watermark()).toBe(5);
  });
});

describe('a change that Redis refuses', () => {
  it('is not counted as published, stops the run, and is published later', async () => {
    const halls = [hall, await createHall(app.database.reads)];
    for (hall of halls) {
      await commit(3);
      await watermarks.raise(hall.eventId, 1);
      await changedAgo(2);
    }
    let tried = 0;
    const counting: RepublishContext = {
      ...worker,
      publisher: {
        ...publisher,
        publishSeatsChanged(message) {
          tried++;
          return publisher.publishSeatsChanged(message);
        },
      },
    };
    await server.everyNode((node) => node.call('ACL', 'SETUSER', 'default', '-publish'));
    onTestFinished(() => void server.everyNode((node) => node.call('ACL', 'SETUSER', 'default', '+publish')));
    expect([await republishRecent(counting), tried]).toEqual([0, 1]);
    expect([await republishAll(counting), tried]).toEqual([0, 2]);
    expect(await watermark()).toBe(1);
    await server.everyNode((node) => node.call('ACL', 'SETUSER', 'default', '+publish'));
    expect(await republishRecent(counting)).toBe(4);
    expect(await watermark()).toBe(3);
  });
});

describe('the watermark', () => {
  it('is raised by publishing, and never lowered', async () => {
    const message = (version: number): SeatsChanged => ({
      eventId: hall.eventId,
      fromVersion: version - 1,
      version,
      ...makeBatchIds(version),
      seats: [],
      bookingIds: [],
    });
    const versions = [3, 1, 10, 9, 2];
    for (const version of versions) await publisher.publishSeatsChanged(message(version));
    expect(await watermark()).toBe(10);
    await Promise.all(versions.map((version) => publisher.publishSeatsChanged(message(version + 10))));
    expect(await watermark()).toBe(20);
  });

  it('is lowered to the version of a database that has lost commits, and later changes are republished', async () => {
    await commit(1);
    const backup = await backUp(app.database.reads, hall.eventId);
    await commit(2);
    await watermarks.raise(hall.eventId, 3);
    await backup.restore();
    await republishAll(worker);
    expect(await watermark()).toBe(1);
    await commit(1);
    await republishAll(worker);
    expect(await watermark()).toBe(2);
  });

  it('is not lowered if it is only newer than the version that was read before it', async () => {
    await commit(1);
    const readReachable = async (eventIds: readonly number[]) => {
      // A batch is committed and published between the two reads.
      await commit(1);
      await watermarks.raise(hall.eventId, 2);
      return watermarks.readReachable(eventIds);
    };
    await republishAll({ ...worker, watermarks: { ...watermarks, reachable: true, readReachable } });
    expect(await watermark()).toBe(2);
  });

  it('is not read while Redis is unavailable, and failed publishing logs one line', async () => {
    const lines: string[] = [];
    const logger = silent.child({});
    logger.level = 'warn';
    logger.warn = (_: unknown, text?: string) => void lines.push(text ?? '');
    const own = createPublisher(server.address, logger);
    onTestFinished(() => own.close());
    await server.kill();
    await eventually('the outage is noticed', () => !watermarks.reachable);
    expect(await republishRecent(worker)).toBe(0);
    expect(await republishAll(worker)).toBe(0);
    const unsent = { fromVersion: 0, version: 1, ...makeBatchIds(1), seats: [], bookingIds: [] };
    for (let i = 0; i < 5; i++) await own.publishSeatsChanged({ eventId: hall.eventId, ...unsent });
    expect(lines.filter((text) => text.startsWith('failed to publish changes'))).toHaveLength(1);
    await server.restart();
    await eventually('Redis is back', () => watermarks.reachable);
  });
});
