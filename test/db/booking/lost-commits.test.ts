import { describe, expect, it, onTestFinished } from 'vitest';
import { connectRedis } from '../../../src/platform/redis/redis.ts';
import { publishChange } from '../../../src/booking/batch/announce.ts';
import { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { SeatMapCache } from '../../../src/seating/map/seat-map-cache.ts';
import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import { SeatMaps } from '../../../src/seating/map/seat-maps.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import type { Hall } from '../../support/hall.ts';
import { backUp } from '../../support/services/lost-commits.ts';
import { liveFeedSuite } from '../seating/live-feed.fixture.ts';

const { app, redis, subscriber, publisher, hall, startNode, holdUnpublished, publishAll, connect, isRight } =
  liveFeedSuite();

async function truth(at: Hall) {
  const map = await readSeatMap(app().database.reads, at.eventId);
  if (map === null) throw new Error('there is no map');
  return { ...map, states: map.states.encode() };
}

/** Holds these seats in one batch each, like a process whose messages are all lost. */
async function holdUnheard(at: Hall, ...seats: number[]): Promise<void> {
  for (const seat of seats) await holdUnpublished(at, seat);
  app().committed.length = 0;
}

/** A hall that a client shows at version 3, after its database was restored to version 1. */
async function afterRestore(node = startNode()) {
  const at = await hall();
  await holdUnpublished(at, 0);
  const backup = await backUp(app().database.reads, at.eventId);
  const client = await connect(node, at);
  await holdUnpublished(at, 1);
  await holdUnpublished(at, 2);
  await publishAll();
  await eventually('the client has the changes', () => client.version === 3);
  const lost = await truth(at);
  await backup.restore();
  return { at, client, lost };
}

describe('after lost commits', () => {
  it.each([
    ['the version that is shown', [30, 31]],
    ['a later version', [30, 31, 32, 33]],
  ])('a live map is replaced even if the database has reached %s before the next poll', async (_, seats) => {
    const quiet = { db: app().database.reads, feeds: feedsWithoutPolls() };
    const { at, client } = await afterRestore(quiet);
    await holdUnheard(at, ...seats);
    quiet.feeds.start();
    await eventually('the map is right', () => isRight(client, at));
    expect(client.gaps).toEqual([]);
    expect(client.messages.map(({ kind }) => kind)).toContain('snapshot');
    expect(client.messages.at(-1)).toMatchObject({ kind: 'snapshot', version: 1 + seats.length });
  });

  it('a change that continues the shown version only by number is not applied', async () => {
    const quiet = { db: app().database.reads, feeds: feedsWithoutPolls() };
    const { at, client } = await afterRestore(quiet);
    await holdUnheard(at, 30, 31);
    await holdUnpublished(at, 32);
    await publishAll();
    await eventually('the map is right', () => isRight(client, at));
    expect(client.gaps).toEqual([]);
  });

  it.each([
    ['the same version', [30, 31]],
    ['an earlier version, and the cache is further', [30]],
    ['a later version, and then the cache is changed', [30, 31, 32]],
  ])('a cached map is not served to a caller who knows %s', async (_, seats) => {
    const { at, lost } = await afterRestore();
    const cache = await connectedCache();
    await cache.store(at.eventId, at.seatCount, lost);
    for (const seat of seats) await holdUnpublished(at, seat);
    const last = app().committed.splice(0).at(-1);
    if (last === undefined) throw new Error('nothing was committed');
    const known = await truth(at);
    if (seats.length === 3) expect(await cache.change(last)).toBe('gap');
    const feeds = feedsWithoutPolls();
    const maps = new SeatMaps({ db: app().database.reads, feeds, cache });
    expect(await maps.get(at.eventId, known)).toEqual(known);
    await eventually('the cache is repaired', async () => {
      const cached = await cache.read(at.eventId);
      return cached?.batchId === known.batchId && cached.states === known.states;
    });
    expect(await maps.get(at.eventId, known)).toEqual(known);
  });

  it('a cached map newer than the known version is served if its batch is on record', async () => {
    const at = await hall();
    const known = await truth(at);
    await holdUnheard(at, 1, 2);
    const cache = await connectedCache();
    const now = await truth(at);
    await cache.store(at.eventId, at.seatCount, { ...now, states: known.states });
    const maps = new SeatMaps({ db: app().database.reads, feeds: feedsWithoutPolls(), cache });
    // Its seats differ from the database's, so that the test can tell the two maps apart.
    expect(await maps.get(at.eventId, known)).toEqual({ ...now, states: known.states });
  });

  it('a live map of the lost history is not stored for others', async () => {
    const quiet = { db: app().database.reads, feeds: feedsWithoutPolls() };
    const { at, lost } = await afterRestore(quiet);
    const cache = await connectedCache();
    // With an older version in the cache, the next change finds a gap and needs the whole map.
    await cache.store(at.eventId, at.seatCount, { ...lost, version: 1 });
    await holdUnheard(at, 30);
    await holdUnpublished(at, 31);
    const [message] = app().committed.splice(0);
    if (message === undefined) throw new Error('nothing was committed');
    await publishChange({ publisher: publisher(), seatMapCache: cache, feeds: quiet.feeds }, message);
    expect((await cache.read(at.eventId))?.batchId).not.toBe(lost.batchId);
  });
});

/** Feeds that do not poll the database. */
function feedsWithoutPolls(): LiveFeeds {
  const feeds = new LiveFeeds({
    db: app().database.reads,
    subscriber: subscriber(),
    logger: silent,
    tickMs: 20,
  });
  onTestFinished(() => feeds.stop());
  return feeds;
}

async function connectedCache(): Promise<SeatMapCache> {
  const connection = connectRedis(redis().url, 'test', silent);
  onTestFinished(() => connection.disconnect());
  await eventually('Redis is connected', () => connection.status === 'ready');
  return new SeatMapCache(connection, silent);
}
