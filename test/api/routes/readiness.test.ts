import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorker } from '../../../src/main/worker.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { eventually } from '../../support/eventually.ts';
import { startPostgresProxy, type PostgresProxy } from '../../support/proxies/tcp-proxy.ts';
import { startHttp, type HttpFixture } from '../http/http.fixture.ts';

let database: TestDatabase;
let proxy: PostgresProxy;
let http: HttpFixture;

beforeAll(async () => {
  database = await createTestDatabase();
  const { hostname: host, port } = new URL(database.url);
  proxy = await startPostgresProxy({ host, port: Number(port) });
  http = await startHttp({ DATABASE_URL: proxy.url(database.url), METRICS_PORT: '0' });
});
afterAll(async () => {
  await http.close();
  await proxy[Symbol.asyncDispose]();
  await database.drop();
});

interface Ready {
  readonly status: number;
  readonly body: { readonly degraded: string[]; readonly reason?: string };
}

async function ready(url = http.url): Promise<Ready> {
  const response = await fetch(`${url}/ready`);
  return { status: response.status, body: (await response.json()) as Ready['body'] };
}

/** Resolves with the first response that reports exactly these as degraded. */
async function whenDegraded(...names: string[]): Promise<Ready> {
  let answer = await ready();
  await eventually(`degraded by ${names.join(' and ') || 'nothing'}`, async () => {
    answer = await ready();
    return answer.body.degraded.join() === names.join();
  });
  return answer;
}

async function onDatabase(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('SET default_transaction_read_only = off');
  await client.query(statement);
  await client.end();
}

function takeDatabaseAway(): void {
  proxy.refusing = true;
  proxy.cutAll();
}

describe('a node', () => {
  it('is ready while all its dependencies are available', async () => {
    expect(await ready()).toEqual({
      status: 200,
      body: { status: 'ready', degraded: [], mode: 'NORMAL', database: 'ok', redis: 'ok', draining: false },
    });
  });

  it('is ready and degraded while Redis is unavailable', async () => {
    await http.redis.kill();
    expect(await whenDegraded('redis')).toMatchObject({
      status: 200,
      body: { status: 'ready', redis: 'unreachable' },
    });
    await http.redis.restart();
    expect(await whenDegraded()).toMatchObject({ status: 200 });
  });

  it('is not ready while the database is unavailable and no map is in memory', async () => {
    takeDatabaseAway();
    expect(await whenDegraded('database')).toMatchObject({
      status: 503,
      body: { status: 'unavailable', reason: expect.stringContaining('no seat map') as string },
    });
    proxy.refusing = false;
    expect(await whenDegraded()).toMatchObject({ status: 200 });
  });

  it('is ready and degraded while the database is unavailable and maps are in memory', async () => {
    const { release } = await http.context.feeds.acquire(http.hall.eventId);
    const seatMap = `${http.url}/events/${http.eventId}/seat-map`;
    expect((await fetch(seatMap)).status).toBe(200);
    takeDatabaseAway();
    await http.redis.kill();
    expect(await whenDegraded('database', 'redis')).toMatchObject({
      status: 200,
      body: { status: 'ready', database: 'unreachable', redis: 'unreachable' },
    });
    // The reason to keep the node in the load balancer.
    expect((await fetch(seatMap)).status).toBe(200);
    expect((await fetch(`${http.url}/events/${encodeEventId(9_999)}/seat-map`)).status).toBe(503);
    proxy.refusing = false;
    await http.redis.restart();
    await whenDegraded();
    release();
  });

  it('is ready and degraded on a read-only database', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await onDatabase(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    proxy.cutAll();
    expect(await whenDegraded('writes')).toMatchObject({ status: 200, body: { database: 'read-only' } });
    await onDatabase(`ALTER DATABASE ${name} SET default_transaction_read_only = off`);
    proxy.cutAll();
    await whenDegraded();
  });
});

describe('a database that is not migrated', () => {
  const tables = [
    ['lacks a migration', `DELETE FROM _prisma_migrations WHERE migration_name LIKE '%hold_rules'`],
    [
      'has one that failed',
      `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name LIKE '%_init'`,
    ],
    ['was never migrated', 'DROP TABLE _prisma_migrations'],
  ] as const;

  it.each(tables)('makes a node and a worker unready: it %s', async (_name, statement) => {
    const worker = await startWorker(http.context.config);
    await onDatabase('CREATE TABLE kept AS TABLE _prisma_migrations');
    try {
      await onDatabase(statement);
      expect(await ready()).toMatchObject({
        status: 503,
        body: { database: 'outdated', reason: 'migrations have not been applied' },
      });
      expect(await ready(`http://127.0.0.1:${worker.metricsPort}`)).toMatchObject({
        status: 503,
        body: { database: 'outdated' },
      });
    } finally {
      await onDatabase(
        'DROP TABLE IF EXISTS _prisma_migrations; ALTER TABLE kept RENAME TO _prisma_migrations',
      );
    }
    expect(await ready()).toMatchObject({ status: 200 });
    expect(await ready(`http://127.0.0.1:${worker.metricsPort}`)).toMatchObject({
      status: 200,
      body: { database: 'ok' },
    });
    await worker.stop();
  });

  it('does not include a newer one: nodes of the previous version continue during an upgrade', async () => {
    const { reads } = http.context.database;
    await reads.$executeRaw(sql`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
      VALUES ('later', '', '99990101000000_later', now())`);
    expect(await ready()).toMatchObject({ status: 200, body: { degraded: [] } });
    await reads.$executeRaw(sql`DELETE FROM _prisma_migrations WHERE id = 'later'`);
  });
});
