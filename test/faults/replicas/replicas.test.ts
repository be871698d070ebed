import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startApi } from '../../../src/main/api.ts';
import { checkDatabase } from '../../../src/platform/database/database-check.ts';
import { checkReplicas } from '../../../src/platform/database/replicas/replica-check.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { readCurrentSeatMap } from '../../../src/seating/map/current-seat-map.ts';
import { openSeatSource } from '../../../src/seating/live/seat-updates.ts';
import { BuyerClient } from '../../support/clients/buyer-client.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { createTestDatabase } from '../../support/services/database.ts';
import { expectAlerts } from '../alerts/alert-bench.ts';
import {
  ask,
  countReads,
  isUsed,
  scrapeTimes,
  startNode,
  startServers,
  type Servers,
  openContext,
  holdAndReadSeats,
  type Node,
} from './replicas.fixture.ts';

let servers: Servers;
let hall: Hall;
/** Another process than the reader. */
let writer: Node;
let reader: Node;

beforeAll(async () => {
  servers = await startServers();
  const start = () => startNode(servers.primary.url, servers.proxy.url(servers.standby.url), servers.redis);
  [writer, reader] = await Promise.all([start(), start()]);
  hall = await createHall(writer.context.database.reads, { name: 'Before' });
  await eventually('the replica is used', bothUseIt);
});

afterAll(async () => {
  await Promise.all([writer, reader].map((node) => node.stop()));
  await servers.stop();
});

/** Stops replay for the rest of a test. */
async function pauseReplay(): Promise<void> {
  await servers.standby.pauseReplay();
  onTestFinished(async () => {
    await servers.standby.resumeReplay();
    await eventually('the replica is used again', bothUseIt);
  });
}

const bothUseIt = async () => (await isUsed(writer)) && (await isUsed(reader));

const readName = async (buyer?: BuyerClient) =>
  (await ask(reader, `{ event(id: "${encodeEventId(hall.eventId)}") { name } }`, buyer))['event']?.['name'];

async function rename(name: string): Promise<void> {
  await writer.context.database.worker.$executeRaw(
    sql`UPDATE events SET name = ${name} WHERE id = ${hall.eventId}`,
  );
}

describe('a start', () => {
  const check = (replicaUrls: readonly string[], databaseUrl = servers.primary.url) =>
    checkReplicas({ databaseUrl, databasePoolUrls: null, databaseReplicaUrls: replicaUrls });
  const host = (url: string) => new URL(url).host;

  it('is refused with one line if the replica is a primary, of another system, or lacks its settings', async () => {
    await expect(check([servers.primary.url])).rejects.toThrow(
      `DATABASE_REPLICA_URLS: the server at ${host(servers.primary.url)} is a primary. Name its standbys.`,
    );
    await using other = await createTestDatabase();
    await expect(check([servers.standby.url, other.url])).rejects.toThrow(
      `DATABASE_REPLICA_URLS: the server at ${host(other.url)} has another database than DATABASE_URL.`,
    );
    const config = { ...writer.context.config, databaseReplicaUrls: [servers.primary.url] };
    await expect(startApi(config)).rejects.toThrow('DATABASE_REPLICA_URLS: ');
    const urls = { batches: servers.primary.url, reads: servers.primary.url, worker: servers.primary.url };
    await expect(
      checkReplicas({
        databaseUrl: servers.primary.url,
        databasePoolUrls: urls,
        databaseReplicaUrls: [servers.standby.url],
      }),
    ).rejects.toThrow(
      `DATABASE_REPLICA_URLS: lock_timeout is 0 instead of 3000 in sessions at ${host(servers.standby.url)}.`,
    );
  });

  it('is refused with one line if the replica is given as the primary', async () => {
    await expect(checkDatabase(servers.standby.url)).rejects.toThrow(
      `DATABASE_URL: the server at ${host(servers.standby.url)} is a standby. Name the primary.`,
    );
  });

  it('accepts all servers of a cluster, and those that do not respond', async () => {
    await expect(check([servers.primary.url, servers.standby.url])).resolves.toBeUndefined();
    await check([Object.assign(new URL(servers.standby.url), { port: '1' }).href, servers.primary.url]);
  });
});

describe('a replica that lags', () => {
  it('serves the queries of visitors, and not those of a viewer who may have changed something', async () => {
    const buyer = await BuyerClient.start(writer.url);
    await pauseReplay();
    await rename('After');
    expect(await readName()).toBe('Before');
    expect(await readName(buyer)).toBe('After');
  });

  it('serves a viewer when it has all that was committed before the query', async () => {
    const buyer = await BuyerClient.start(writer.url);
    await eventually('it has', async () => {
      const before = await countReads('replica');
      expect(await readName(buyer)).toBe('After');
      return (await countReads('replica')) > before;
    });
  });

  it('hides no booking from its buyer, on any process', async () => {
    const buyer = await BuyerClient.start(writer.url);
    await pauseReplay();
    const held = await buyer.hold(hall.eventId, [0, 1]);
    const id = String(held?.['id']);
    const document = `{ viewer { bookings(first: 5) { edges { node { id status } } } } booking(id: "${id}") { status } }`;
    const data = await ask(reader, document, buyer);
    expect(data['booking']).toEqual({ status: 'HOLD' });
    expect(data['viewer']?.['bookings']).toEqual({ edges: [{ node: { id, status: 'HOLD' } }] });
  });

  it('gives no map that is older than its event, and none of it to a feed or to the cache', async () => {
    const { eventId } = await createHall(writer.context.database.reads);
    await eventually('the replica has the event', async () => {
      const rows = await servers.standby.query(`SELECT FROM events WHERE id = ${eventId}`);
      return rows.length > 0;
    });
    const buyer = await BuyerClient.start(writer.url);
    await pauseReplay();
    // Nobody but the writer hears of it.
    await servers.redis.everyNode((client) => client.flushall());
    expect(await buyer.hold(eventId, [3])).toMatchObject({ __typename: 'Booking' });
    await servers.redis.everyNode((client) => client.flushall());

    const response = await fetch(`${reader.url}/events/${encodeEventId(eventId)}/seat-map`);
    expect(await response.json()).toMatchObject({ version: 1 });
    const { feed, release } = await reader.context.feeds.acquire(eventId);
    onTestFinished(release);
    expect(feed.version).toBe(1);
    const cached = await reader.context.seatMapCache.read(eventId);
    expect(cached?.version ?? 1).toBe(1);
  });

  it('delays no client that resumes from an older version', async () => {
    const { eventId } = await createHall(writer.context.database.reads);
    const buyer = await BuyerClient.start(writer.url);
    await eventually('the replica is used', () => isUsed(reader));
    await pauseReplay();
    await buyer.hold(eventId, [3]);
    const { feeds, database } = reader.context;
    const source = await openSeatSource(
      { feeds, replicas: database.replicas, db: database.reads },
      eventId,
      0,
    );
    onTestFinished(source.release);
    expect(await source.changesUntil(1)).toEqual({
      kind: 'changes',
      fromVersion: 0,
      version: 1,
      seats: [[3, 1]],
    });
  });

  it('serves no layout of a venue that it does not have yet', async () => {
    await pauseReplay();
    const fresh = await createHall(writer.context.database.reads);
    const path = await reader.context.eventLayouts.path(fresh.eventId);
    expect((await fetch(`${reader.url}${path}`)).status).toBe(200);
  });

  it('is left out when it lags too much, and comes back by itself when it has caught up', async () => {
    await servers.standby.pauseReplay();
    await reader.context.database.replicas.measure(performance.now() - 3_000);
    await rename('Late');
    await eventually('it is left out', async () => !(await isUsed(reader)));
    expect(reader.context.database.replicas.states).toEqual(['lagging']);
    expect(await readName()).toBe('Late');
    await servers.standby.resumeReplay();
    await eventually('it is used again', () => reader.context.database.replicas.states[0] === 'usable');
    const before = await countReads('replica');
    expect(await readName()).toBe('Late');
    expect(await countReads('replica')).toBe(before + 1);
  });
});

it('never has the map of a history that the primary has lost', async () => {
  const { eventId } = await createHall(writer.context.database.reads);
  const buyer = await BuyerClient.start(writer.url);
  await buyer.hold(eventId, [3]);
  await eventually('the replica has the hold', () => isUsed(reader));
  await pauseReplay();
  const { reads: db, replicas } = reader.context.database;
  await db.$executeRaw(
    sql`UPDATE events SET seat_version = 0, batch_id = gen_random_uuid() WHERE id = ${eventId}`,
  );
  expect((await readCurrentSeatMap({ db, replicas }, eventId, true))?.version).toBe(0);
});

describe('what a replica cannot execute', () => {
  it('is read from the primary', async () => {
    await pauseReplay();
    await writer.context.database.worker.$executeRaw(sql`CREATE TABLE only_here AS SELECT 7 AS n`);
    const client = await reader.context.database.replicas.clientFor(false);
    const before = await countReads('failed');
    expect(await client.$queryRaw(sql`SELECT n FROM only_here`)).toEqual([{ n: 7 }]);
    expect(await countReads('failed')).toBe(before + 1);
  });

  it('is not tried there: transactions and writes', async () => {
    const client = await reader.context.database.replicas.clientFor(false);
    const inRecovery = () => sql`SELECT pg_is_in_recovery() AS standby`;
    expect(await client.$queryRaw(inRecovery())).toEqual([{ standby: true }]);
    expect(await client.$transaction((tx) => tx.$queryRaw(inRecovery()))).toEqual([{ standby: false }]);
    expect(await client.$executeRaw(sql`UPDATE events SET name = name WHERE id = ${hall.eventId}`)).toBe(1);
  });

  it('stays on the primary in mutations', async () => {
    const buyer = await BuyerClient.start(reader.url);
    await eventually('the replica has the buyer', () => isUsed(reader));
    await pauseReplay();
    expect(await holdAndReadSeats(buyer, hall.eventId, 5)).toEqual({
      status: 'HOLD',
      seats: [{ index: 5, status: 'HELD' }],
    });
  });
});

describe('a replica that fails', () => {
  it('is left out when it hangs, without an error of a read that it was executing, and comes back by itself', async () => {
    const client = await reader.context.database.replicas.clientFor(false);
    servers.proxy.stalled = true;
    const names = Promise.all([readName(), client.event.count()]);
    expect(await names).toEqual(['Late', expect.any(Number)]);
    expect(reader.context.database.replicas.states).toEqual(['unreachable']);
    servers.proxy.stalled = false;
    await eventually('it is used again', () => reader.context.database.replicas.states[0] === 'usable');
  });

  it('is left out when it is killed, without an error, and comes back by itself', async () => {
    const buyer = await BuyerClient.start(writer.url);
    await eventually('both use it, which share a metric', bothUseIt);
    const before = await scrapeTimes(4);
    await servers.standby.kill();
    for (let i = 0; i < 10; i++) expect(await readName(i % 2 === 0 ? buyer : undefined)).toBe('Late');
    expect(reader.context.database.replicas.states).toEqual(['unreachable']);
    const after = await scrapeTimes(4);
    await expectAlerts({ before, after, alerts: ['SelloutReplicaLeftOut'] });
    await servers.standby.start();
    await eventually('it is used again', () => reader.context.database.replicas.states[0] === 'usable');
  });
});

describe('after a promotion', () => {
  it('the new primary is no replica, and neither is one that follows the old primary', async () => {
    const replicasOf = async (address: string, replica: string) => {
      const context = await openContext(address, replica, servers.redis);
      onTestFinished(() => context.close());
      return context.database.replicas;
    };
    const before = await replicasOf(servers.primary.url, servers.loyal.url);
    expect(before.states).toEqual(['usable']);
    await servers.standby.promote();
    await reader.context.database.replicas.measure();
    expect(reader.context.database.replicas.states).toEqual(['primary']);

    // The old primary goes on for a while, and its replica gets what it writes.
    const after = await replicasOf(servers.standby.url, servers.loyal.url);
    expect(after.states).toEqual(['diverged']);
    // By a client that has not heard of the promotion.
    const client = new pg.Client({ connectionString: servers.primary.url });
    await client.connect();
    await client.query('CREATE TABLE lost AS SELECT generate_series(1, 100000)');
    await client.end();
    await eventually('it has got it', async () => {
      const rows = await servers.loyal.query(`SELECT to_regclass('lost') AS name`);
      return rows[0]?.['name'] === 'lost';
    });
    await servers.primary.stop('immediate');
    await eventually('it receives nothing', async () => {
      return (await servers.loyal.query('SELECT FROM pg_stat_wal_receiver')).length === 0;
    });
    await after.measure();
    await after.measure();
    expect(after.states).toEqual(['diverged']);
  });
});
