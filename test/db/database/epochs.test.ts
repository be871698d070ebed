import { expect, it, onTestFinished } from 'vitest';
import { adoptEpoch, checkEpoch, EpochChangedError, VERSION_JUMP } from '../../../src/booking/batch/epoch.ts';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { classifyDbError } from '../../../src/platform/database/db-errors.ts';
import { connectDatabase, sql } from '../../../src/platform/database/db.ts';
import { refuseOldTimeline } from '../../../src/platform/database/failover/timelines.ts';
import { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { readChanges, readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import {
  assertInvariants,
  createBuyerId,
  silent,
  startBookingProcess,
  waitForBlockedSessions,
} from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import type { Hall } from '../../support/hall.ts';
import { liveFeedSuite } from '../seating/live-feed.fixture.ts';

const { app, databaseUrl, subscriber, publisher, hall, startNode, holdUnpublished, connect, isRight } =
  liveFeedSuite();

const db = () => app().database.batches;

interface Epoch {
  readonly system_identifier: string;
  readonly timeline: number;
}

async function readEpoch(): Promise<Epoch> {
  const [row] = await db().$queryRaw<[Epoch]>(sql`SELECT system_identifier, timeline FROM database_epoch`);
  return row;
}

/** Makes the stored epoch one of a lower timeline, as it is after a promotion. */
async function promote(): Promise<void> {
  await db().$executeRaw(sql`UPDATE database_epoch SET timeline = timeline - 1`);
}

async function readVersion({ eventId }: Hall): Promise<number | undefined> {
  return (await readSeatMap(db(), eventId))?.version;
}

async function countJumps({ eventId }: Hall): Promise<number> {
  const [row] = await db().$queryRaw<[{ count: number }]>(
    sql`SELECT count(*)::int FROM event_changes WHERE event_id = ${eventId} AND step_seats = '{}'`,
  );
  return row.count;
}

it('raises all versions before a batch commits in a new epoch', async () => {
  const stored = await readEpoch();
  const halls = await Promise.all([hall(), hall(), hall(), hall()]);
  const [quiet] = halls;
  for (const at of halls) await holdUnpublished(at, 0);
  await using other = startBookingProcess(databaseUrl());
  await promote();

  const sold = halls.slice(1);
  await Promise.all(
    sold.flatMap((at) => [
      holdUnpublished(at, 1),
      holdSeats(other, {
        buyerId: createBuyerId(),
        eventId: at.eventId,
        seats: [2],
        idempotencyKey: null,
        onConflict: 'FAIL',
      }),
    ]),
  );

  expect(await readEpoch()).toEqual(stored);
  expect(await Promise.all(halls.map(countJumps))).toEqual([1, 1, 1, 1]);
  expect(await Promise.all(sold.map(readVersion))).toEqual(sold.map(() => VERSION_JUMP + 3));
  expect(await readVersion(quiet)).toBe(VERSION_JUMP + 1);
  await assertInvariants(app().database.reads);
});

it('raises them once if two processes do so at the same time', async () => {
  const at = await hall();
  await using other = startBookingProcess(databaseUrl());
  const { reads } = app().database;
  await promote();
  const adoptions = await reads.$transaction(async (tx) => {
    await tx.$queryRaw(sql`SELECT 1 FROM events WHERE id = ${at.eventId} FOR UPDATE`);
    const started = [db(), other.database.batches].map((batches) => adoptEpoch(batches, silent));
    // One for the event, and one for the epoch that the first stores.
    await waitForBlockedSessions(reads, 2);
    return started.map((adoption) => () => adoption);
  });
  await Promise.all(adoptions.map((adoption) => adoption()));
  expect(await countJumps(at)).toBe(1);
});

it('raises all versions if the database is in another cluster, and not again', async () => {
  const stored = await readEpoch();
  const at = await hall();
  await adoptEpoch(db(), silent);
  expect(await readVersion(at)).toBe(0);
  await db().$executeRaw(sql`UPDATE database_epoch SET system_identifier = '1'`);
  await adoptEpoch(db(), silent);
  await adoptEpoch(db(), silent);
  expect(await readVersion(at)).toBe(VERSION_JUMP);
  await db().$executeRaw(sql`DELETE FROM database_epoch`);
  await holdUnpublished(at, 0);
  expect(await readVersion(at)).toBe(2 * VERSION_JUMP + 1);
  expect(await readEpoch()).toEqual(stored);
});

it('raises a version by one if it has no room for a jump', async () => {
  const at = await hall();
  await db().$executeRaw(sql`UPDATE events SET seat_version = 2000000001 WHERE id = ${at.eventId}`);
  await promote();
  await holdUnpublished(at, 0);
  expect(await readVersion(at)).toBe(2_000_000_003);
  expect(await countJumps(at)).toBe(1);
});

it.each(['a poll', 'a message'])('every client gets a snapshot if %s shows a new epoch', async (way) => {
  const at = await hall();
  await holdUnpublished(at, 0);
  const feeds = new LiveFeeds({ db: db(), subscriber: subscriber(), logger: silent, tickMs: 20 });
  onTestFinished(() => feeds.stop());
  const node = way === 'a poll' ? startNode() : { db: db(), feeds };
  const client = await connect(node, at);
  await eventually('the client has the map', () => client.version === 1);
  await promote();
  await adoptEpoch(db(), silent);
  if (way === 'a message')
    for (const message of await readChanges(db(), at.eventId, 1, 10))
      await publisher().publishSeatsChanged(message);
  await eventually('the client is in the new epoch', () => isRight(client, at));
  expect(client.version).toBe(VERSION_JUMP + 1);
  expect(client.messages.map(({ kind }) => kind)).toEqual(['snapshot', 'snapshot']);

  // It was away and comes back to another node, which never saw the old epoch.
  const returning = await connect(startNode(), at, 1);
  await eventually('the returning client has the map', () => isRight(returning, at));
  expect(returning.messages.map(({ kind }) => kind)).toEqual(['snapshot']);
});

it('a batch does not commit outside the stored epoch, or at an old primary', () => {
  expect(() => checkEpoch(['batches', 2, 2])).not.toThrow();
  expect(() => checkEpoch(['batches', 2, null])).not.toThrow();
  expect(() => checkEpoch(['batches', 2, 3])).toThrow(EpochChangedError);
  expect(() => checkEpoch(['batches', 2, 2])).toThrow('the server is an old primary on timeline 2');
  expect(() => checkEpoch(['another cluster', 1, 1])).not.toThrow();
});

it('uses no connection to an old primary once a promotion was seen, whether it is new or open already', async () => {
  const { system_identifier: systemIdentifier, timeline } = await readEpoch();
  const open = connectDatabase(databaseUrl(), silent, { batches: 1, reads: 1, worker: 1 });
  const fresh = connectDatabase(databaseUrl(), silent, { batches: 1, reads: 1, worker: 1 });
  onTestFinished(async () => {
    await open.close();
    await fresh.close();
  });
  await open.reads.$queryRaw(sql`SELECT 1`);
  refuseOldTimeline({ systemIdentifier, timeline: timeline + 1 });

  for (const { reads } of [open, fresh]) {
    const error: unknown = await reads.$queryRaw(sql`SELECT 1`).catch((reason: unknown) => reason);
    // It is retried, as after any lost connection.
    expect(classifyDbError(error)).toBe('connection');
  }
});
