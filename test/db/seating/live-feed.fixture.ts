import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { BookingRecord } from '../../../src/booking/rules/model.ts';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { releaseBooking } from '../../../src/booking/operations/release-booking.ts';
import { createPublisher, type Publisher } from '../../../src/messaging/publisher.ts';
import { createSubscriber, type Subscriber } from '../../../src/messaging/subscriber.ts';
import { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { watchSeats } from '../../support/clients/watch-seats.ts';
import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import { createBuyerId, silent, startBookingProcess, type BookingProcess } from '../../support/booking.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';
import { SeatMapClient } from '../../support/clients/seat-map-client.ts';

/** A process that books, with its own database and Redis, and clients of its changes, for one test file. */
export function liveFeedSuite() {
  let database: TestDatabase;
  let redis: TestRedis;
  let app: BookingProcess;
  let publisher: Publisher;
  let subscriber: Subscriber;
  beforeAll(async () => {
    [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
    app = startBookingProcess(database.url);
    publisher = createPublisher(redis.address, silent);
    subscriber = createSubscriber(redis.address, silent);
  });
  afterAll(async () => {
    await publisher.close();
    subscriber.close();
    await app[Symbol.asyncDispose]();
    await redis.stop();
    await database.drop();
  });

  const hall = (rows?: number): Promise<Hall> =>
    createHall(app.database.reads, rows === undefined ? {} : { rows });

  /** Starts another API process, with its own Redis subscriber and feeds. */
  function startNode(idleMs?: number) {
    const own = createSubscriber(redis.address, silent);
    const ctx = { db: app.database.reads, subscriber: own, logger: silent, tickMs: 20 };
    const feeds = new LiveFeeds(ctx, idleMs);
    feeds.start();
    onTestFinished(() => {
      feeds.stop();
      own.close();
    });
    return { db: app.database.reads, feeds };
  }

  /** Holds a seat without publishing the change. */
  function holdUnpublished(at: Hall, seat: number, buyerId = createBuyerId()): Promise<BookingRecord> {
    const order = { idempotencyKey: null, onConflict: 'FAIL' } as const;
    return holdSeats(app, { buyerId, eventId: at.eventId, seats: [seat], ...order });
  }

  async function publishAll(): Promise<void> {
    for (const message of app.committed.splice(0)) await publisher.publishSeatsChanged(message);
  }

  /** Holds seats, releases every second one, and publishes each change as an API process does. */
  async function change(at: Hall, seat: number): Promise<void> {
    const buyerId = createBuyerId();
    const { id: bookingId } = await holdUnpublished(at, seat, buyerId);
    if (seat % 2 === 0) await releaseBooking(app, { buyerId, eventId: at.eventId, bookingId });
    await publishAll();
  }

  async function connect(node: ReturnType<typeof startNode>, at: Hall, afterVersion: number | null = null) {
    const client = new SeatMapClient(at.seatCount);
    const updates = await watchSeats(node, at.eventId, afterVersion);
    onTestFinished(async () => void (await updates.return?.()));
    void client.run(updates);
    return client;
  }

  async function isRight(client: SeatMapClient, at: Hall): Promise<boolean> {
    const map = await readSeatMap(app.database.reads, at.eventId);
    return map !== null && client.version === map.version && client.states === map.states.encode();
  }

  return {
    app: () => app,
    redis: () => redis,
    publisher: () => publisher,
    subscriber: () => subscriber,
    databaseUrl: () => database.url,
    hall,
    startNode,
    holdUnpublished,
    publishAll,
    change,
    connect,
    isRight,
  };
}
