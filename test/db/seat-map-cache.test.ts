import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { changeMessage } from '../../src/booking/change-message.ts';
import { holdSeats } from '../../src/booking/hold-seats.ts';
import { connectRedis, type Redis } from '../../src/platform/redis.ts';
import type { SeatsChanged, SeatStatusCode } from '../../src/pubsub/messages.ts';
import { LiveFeeds } from '../../src/seating/live-feeds.ts';
import { SeatMapCache, seatMapKey } from '../../src/seating/seat-map-cache.ts';
import { SeatMaps } from '../../src/seating/seat-maps.ts';
import { readSeatMap } from '../../src/seating/seat-map.sql.ts';
import { SeatStates } from '../../src/seating/seat-states.ts';
import {
  aBuyer,
  silent,
  silentPubSub,
  startBookingProcess,
  type BookingProcess,
} from '../support/booking.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { createHall, type Hall } from '../support/hall.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';
import { statementsOf } from '../support/schema-client.ts';

let database: TestDatabase;
let server: TestRedis;
let app: BookingProcess;
let redis: Redis;
let cache: SeatMapCache;
/** An event that no database knows of. */
let eventId = 1_000_000;

beforeAll(async () => {
  [database, server] = await Promise.all([createTestDatabase(), startTestRedis()]);
  app = startBookingProcess(database.url);
  redis = await connected();
  cache = new SeatMapCache(redis, silent);
});

afterAll(async () => {
  redis.disconnect();
  await app[Symbol.asyncDispose]();
  await server.stop();
  await database.drop();
});

beforeEach(() => {
  eventId++;
});

async function connected(): Promise<Redis> {
  const connection = connectRedis(server.url, 'test', silent);
  await eventually('Redis is there', () => connection.status === 'ready');
  return connection;
}

/** A map whose states tell its version. */
function mapOf(version: number) {
  const states = SeatStates.fromDigits('0'.repeat(40));
  for (let bit = 0; bit < 40; bit++) states.set(bit, ((version >> bit) & 1) as SeatStatusCode);
  return { version, states: states.toBase64() };
}

function changeTo(
  version: number,
  seats: SeatsChanged['seats'] = [],
  fromVersion = version - 1,
): SeatsChanged {
  return { eventId, fromVersion, version, seats, bookingIds: [] };
}

describe('the cached map', () => {
  it('never goes backwards, and is always whole, under eight racing writers', async () => {
    const connections = await Promise.all(Array.from({ length: 8 }, connected));
    const writers = connections.map((connection) => new SeatMapCache(connection, silent));
    const versions = fc.sample(fc.integer({ min: 1, max: 400 }), 1_600);
    let writing = true;
    const seen: number[] = [];
    const reading = (async () => {
      while (writing) {
        const map = await cache.read(eventId);
        if (map === null) continue;
        expect(map).toEqual(mapOf(map.version));
        seen.push(map.version);
      }
    })();
    await Promise.all(
      writers.map(async (writer, i) => {
        for (let n = i; n < versions.length; n += writers.length)
          await writer.store(eventId, 40, mapOf(versions[n] ?? 0));
      }),
    );
    writing = false;
    await reading;
    for (const connection of connections) connection.disconnect();
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(await cache.read(eventId)).toEqual(mapOf(Math.max(...versions)));
    console.log(`${versions.length} writes by ${writers.length} writers, ${seen.length} reads between them`);
  });

  it('follows changes exactly as the map in memory does', async () => {
    const change = fc.array(fc.tuple(fc.nat({ max: 40 }), fc.constantFrom<SeatStatusCode[]>(0, 1, 2, 3)), {
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        eventId++;
        const states = SeatStates.fromDigits('0'.repeat(41));
        await cache.store(eventId, 41, { version: 0, states: states.toBase64() });
        for (const [i, seats] of changes.entries()) {
          expect(await cache.change(changeTo(i + 1, seats))).toBe(true);
          for (const [index, code] of seats) states.set(index, code);
        }
        expect(await cache.read(eventId)).toEqual({ version: changes.length, states: states.toBase64() });
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, () => SeatsChanged]>([
    ['is older', () => changeTo(5, [[0, 2]])],
    ['is newer than the next', () => changeTo(7, [[0, 2]])],
    [
      'has a seat that there is not',
      () =>
        changeTo(6, [
          [0, 2],
          [40, 1],
        ]),
    ],
    ['has a seat far away', () => changeTo(6, [[1_000_000_000, 1]])],
  ])('is left alone by a change that %s', async (_, change) => {
    await cache.store(eventId, 40, mapOf(5));
    expect(await cache.change(change())).toBe(false);
    expect(await cache.read(eventId)).toEqual(mapOf(5));
  });

  it('is left alone by a change of more seats than are worth it; the next reader stores it whole', async () => {
    await cache.store(eventId, 40, mapOf(5));
    const seats = Array.from({ length: 5_000 }, (_, i) => [i % 40, 3] as const);
    expect(await cache.change(changeTo(6, seats))).toBe(false);
  });

  it('jumps where the versions do', async () => {
    await cache.store(eventId, 40, mapOf(5));
    expect(await cache.change(changeTo(1_000_006, [], 5))).toBe(true);
    expect(await cache.read(eventId)).toMatchObject({ version: 1_000_006 });
  });

  it('is not made by changes alone', async () => {
    expect(await cache.change(changeTo(1, [[0, 1]]))).toBe(false);
    expect(await redis.exists(seatMapKey(eventId))).toBe(0);
  });

  it.each<[string, (key: string) => Promise<unknown>]>([
    ['text', (key) => redis.set(key, 'good morning, this is no map of seats')],
    ['a short map', (key) => redis.setrange(key, 0, 'SEA1')],
    ['another type', (key) => redis.rpush(key, 'SEA1')],
  ])('is not read from %s, which a true one replaces', async (_, write) => {
    await write(seatMapKey(eventId));
    expect(await cache.read(eventId)).toBeNull();
    expect(await cache.change(changeTo(1))).toBe(false);
    expect(await cache.store(eventId, 40, mapOf(1))).toBe(true);
    expect(await cache.read(eventId)).toEqual(mapOf(1));
    expect(await redis.pttl(seatMapKey(eventId))).toBeGreaterThan(0);
  });
});

/** What a node reads maps with, and without a feed unless the test opens one. */
function startNode() {
  const { reads } = app.database;
  const feeds = new LiveFeeds({ db: reads, pubsub: silentPubSub, logger: silent, tickMs: 20 });
  onTestFinished(() => feeds.stop());
  return { feeds, maps: new SeatMaps({ db: reads, feeds, cache }) };
}

async function hold(at: Hall, seat: number): Promise<SeatsChanged> {
  const order = { buyerId: aBuyer(), idempotencyKey: null, onConflict: 'FAIL' as const };
  await holdSeats(app, { ...order, eventId: at.eventId, seats: [seat] });
  const [result] = app.committed.splice(0);
  if (result === undefined) throw new Error('nothing was committed');
  return changeMessage(at.eventId, result);
}

async function truth(at: Hall) {
  const map = await readSeatMap(app.database.reads, at.eventId);
  return map === null ? null : { version: map.version, states: map.states.toBase64() };
}

async function mapReads(work: () => Promise<unknown>): Promise<number> {
  return (await statementsOf(work)).filter((text) => text.includes('readSeatMaps')).length;
}

describe('maps of a node that does not follow the event', () => {
  it('are read from the database once, whoever asks, and from Redis then', async () => {
    const at = await createHall(app.database.reads);
    const { maps } = startNode();
    const readers = () => Promise.all(Array.from({ length: 50 }, () => maps.get(at.eventId, 0)));
    expect(await mapReads(readers)).toBe(1);
    await eventually('it is stored', async () => (await cache.read(at.eventId)) !== null);
    expect(await mapReads(readers)).toBe(0);
    await cache.change(await hold(at, 1));
    expect(await mapReads(async () => expect(await maps.get(at.eventId, 1)).toEqual(await truth(at)))).toBe(
      1,
    );
  });

  it('are never older than asked for, though the cache missed a change, nor for who joins an older read', async () => {
    const at = await createHall(app.database.reads);
    const { maps } = startNode();
    await maps.get(at.eventId, 0);
    await eventually('it is stored', async () => (await cache.read(at.eventId)) !== null);
    await hold(at, 1); // And nobody tells Redis.
    const [content, strict] = await Promise.all([maps.get(at.eventId, 0), maps.get(at.eventId, 1)]);
    expect(content?.version).toBe(0);
    expect(strict).toEqual(await truth(at));
    await eventually('the cache is repaired', async () => (await cache.read(at.eventId))?.version === 1);
  });

  it('come from the database in one statement, however many', async () => {
    const halls = [];
    for (let i = 0; i < 5; i++) halls.push(await createHall(app.database.reads));
    const { maps } = startNode();
    const wanted = new Map([
      ...halls.map(({ eventId: id }) => [id, 0] as const),
      [2_000_000_000, 0] as const,
    ]);
    let found = 0;
    expect(await mapReads(async () => (found = (await maps.getMany(wanted)).size))).toBe(1);
    expect(found).toBe(5);
  });

  it('are right when Redis is flushed, gone, back, and when it hangs', async () => {
    const at = await createHall(app.database.reads);
    const { maps } = startNode();
    const isRight = async (version: number) => {
      expect(await maps.get(at.eventId, version)).toEqual(await truth(at));
    };
    await isRight(0);
    await redis.flushall();
    await cache.change(await hold(at, 1));
    await isRight(1);
    await eventually('it is stored', async () => (await cache.read(at.eventId))?.version === 1);
    await server.kill();
    expect(await cache.change(await hold(at, 3))).toBe(false);
    await isRight(2);
    await server.restart();
    await eventually('Redis is back', () => redis.status === 'ready');
    await isRight(2);
    await eventually('it is stored', async () => (await cache.read(at.eventId))?.version === 2);

    const other = await connected();
    await other.call('CLIENT', 'PAUSE', '600000', 'ALL');
    let answered = false;
    const ping = redis.ping().then(
      () => (answered = true),
      () => undefined,
    );
    await isRight(2);
    expect(answered).toBe(false);
    await server.kill();
    await ping;
    await server.restart();
    await eventually('Redis is back', () => redis.status === 'ready');
    other.disconnect();
  });
});

describe('maps of a node that follows the event', () => {
  it('come from its memory, but not where that has missed something', async () => {
    const at = await createHall(app.database.reads);
    const { feeds, maps } = startNode();
    const { feed, release } = await feeds.acquire(at.eventId);
    expect(await mapReads(async () => expect(await maps.get(at.eventId, 0)).toEqual(await truth(at)))).toBe(
      1,
    );
    expect(await mapReads(() => maps.get(at.eventId, 0))).toBe(0);
    const change = await hold(at, 1);
    expect((await maps.get(at.eventId, 0))?.version).toBe(0);
    expect(await maps.get(at.eventId, 1)).toEqual(await truth(at));
    feed.take(change);
    expect(await mapReads(async () => expect((await maps.get(at.eventId, 1))?.version).toBe(1))).toBe(0);
    release();
  });

  it('does not change under whoever was given it', async () => {
    const at = await createHall(app.database.reads);
    const { feeds, maps } = startNode();
    const { feed, release } = await feeds.acquire(at.eventId);
    const before = await maps.get(at.eventId, 0);
    const copy = { ...before };
    feed.take(await hold(at, 2));
    expect(before).toEqual(copy);
    expect((await maps.get(at.eventId, 0))?.version).toBe(1);
    release();
  });
});
