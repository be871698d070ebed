import { describe, expect, it, onTestFinished } from 'vitest';
import type { SeatsChanged, SeatVersion } from '../../../src/messaging/messages.ts';
import { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { SeatMaps } from '../../../src/seating/map/seat-maps.ts';
import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import { createBuyerId, silent, silentSubscriber } from '../../support/booking.ts';
import { makeBatchId } from '../../support/batch-ids.ts';
import { eventually } from '../../support/eventually.ts';
import type { Hall } from '../../support/hall.ts';
import { captureStatements } from '../../support/services/capture-statements.ts';
import { bookingSuite } from '../booking/booking.fixture.ts';
import { cacheSuite } from './seat-map-cache.fixture.ts';

const { app, hall, hold } = bookingSuite();
const { server, redis, cache } = cacheSuite();

/** The services with which a node reads maps. It has no feed unless the test opens one. */
function startNode() {
  const { reads } = app().database;
  const feeds = new LiveFeeds({ db: reads, subscriber: silentSubscriber, logger: silent, tickMs: 20 });
  onTestFinished(() => feeds.stop());
  return { feeds, maps: new SeatMaps({ db: reads, feeds, cache: cache() }) };
}

async function holdOne(at: Hall, seat: number): Promise<SeatsChanged> {
  await hold(at, createBuyerId(), [seat]);
  const [message] = app().committed.splice(0);
  if (message === undefined) throw new Error('nothing was committed');
  return message;
}

async function truth(at: Hall) {
  const map = await readSeatMap(app().database.reads, at.eventId);
  return map === null ? null : { ...map, states: map.states.encode() };
}

/** Returns a version of the hall, from its event or from its record. */
async function versionAt(at: Hall, version: number): Promise<SeatVersion> {
  const { reads } = app().database;
  const key = { eventId_version: { eventId: at.eventId, version: Math.max(version, 1) } };
  const change = await reads.eventChange.findUnique({ where: key });
  if (change !== null) return { version, batchId: version === 0 ? change.previousBatchId : change.batchId };
  const { batchId } = await reads.event.findUniqueOrThrow({ where: { id: at.eventId } });
  return { version, batchId };
}

const get = async (maps: SeatMaps, at: Hall, version: number) =>
  maps.get(at.eventId, await versionAt(at, version));

async function mapReads(work: () => Promise<unknown>): Promise<number> {
  return (await captureStatements(work)).filter((text) => text.includes('readSeatMaps')).length;
}

describe('maps of a node without a feed of the event', () => {
  it('are read from the database once, then from Redis', async () => {
    const at = await hall();
    const { maps } = startNode();
    const before = await versionAt(at, 0);
    const readers = () => Promise.all(Array.from({ length: 50 }, () => maps.get(at.eventId, before)));
    expect(await mapReads(readers)).toBe(1);
    await eventually('it is stored', async () => (await cache().read(at.eventId)) !== null);
    expect(await mapReads(readers)).toBe(0);
    await cache().change(await holdOne(at, 1));
    expect(await mapReads(async () => expect(await get(maps, at, 1)).toEqual(await truth(at)))).toBe(1);
  });

  it('are never older than requested, even if the cache missed a change or the caller joins an older read', async () => {
    const at = await hall();
    const { maps } = startNode();
    await get(maps, at, 0);
    await eventually('it is stored', async () => (await cache().read(at.eventId)) !== null);
    await holdOne(at, 1); // And nobody tells Redis.
    const [before, after] = [await versionAt(at, 0), await versionAt(at, 1)];
    const [content, strict] = await Promise.all([maps.get(at.eventId, before), maps.get(at.eventId, after)]);
    expect(content?.version).toBe(0);
    expect(strict).toEqual(await truth(at));
    await eventually('the cache is repaired', async () => (await cache().read(at.eventId))?.version === 1);
  });

  it('come from the database in one statement, regardless of their number', async () => {
    const halls = [];
    for (let i = 0; i < 5; i++) halls.push(await hall());
    const { maps } = startNode();
    const wanted = new Map([[2_000_000_000, { version: 0, batchId: makeBatchId(0) }]]);
    for (const at of halls) wanted.set(at.eventId, await versionAt(at, 0));
    let found = 0;
    expect(await mapReads(async () => (found = (await maps.getMany(wanted)).size))).toBe(1);
    expect(found).toBe(5);
  });

  it('are correct while Redis is flushed, stopped, restarted, and hangs', async () => {
    const at = await hall();
    const { maps } = startNode();
    const isRight = async (version: number) => {
      expect(await get(maps, at, version)).toEqual(await truth(at));
    };
    await isRight(0);
    await server().everyNode((node) => node.flushall());
    await cache().change(await holdOne(at, 1));
    await isRight(1);
    await eventually('it is stored', async () => (await cache().read(at.eventId))?.version === 1);
    await server().kill();
    expect(await cache().change(await holdOne(at, 3))).toBe('none');
    await isRight(2);
    await server().restart();
    await eventually('Redis is back', () => redis().status === 'ready');
    await isRight(2);
    await eventually('it is stored', async () => (await cache().read(at.eventId))?.version === 2);

    await server().everyNode((node) => node.call('CLIENT', 'PAUSE', '600000', 'ALL'));
    let answered = false;
    const ping = redis()
      .ping()
      .then(
        () => (answered = true),
        () => undefined,
      );
    await isRight(2);
    expect(answered).toBe(false);
    await server().kill();
    await ping;
    await server().restart();
    await eventually('Redis is back', () => redis().status === 'ready');
  });
});

describe('maps of a node with a feed of the event', () => {
  it('come from memory, unless the feed has missed something', async () => {
    const at = await hall();
    const { feeds, maps } = startNode();
    const { feed, release } = await feeds.acquire(at.eventId);
    expect(await mapReads(async () => expect(await get(maps, at, 0)).toEqual(await truth(at)))).toBe(1);
    expect(await mapReads(() => get(maps, at, 0))).toBe(0);
    const change = await holdOne(at, 1);
    expect((await get(maps, at, 0))?.version).toBe(0);
    expect(await get(maps, at, 1)).toEqual(await truth(at));
    feed.apply(change);
    expect(await mapReads(async () => expect((await get(maps, at, 1))?.version).toBe(1))).toBe(0);
    release();
  });

  it('do not change after they are returned', async () => {
    const at = await hall();
    const { feeds, maps } = startNode();
    const { feed, release } = await feeds.acquire(at.eventId);
    const before = await get(maps, at, 0);
    const copy = { ...before };
    feed.apply(await holdOne(at, 2));
    expect(before).toEqual(copy);
    expect((await get(maps, at, 0))?.version).toBe(1);
    release();
  });
});
