import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  assertServerVersion,
  checkDatabase,
  checkServer,
  getRequirements,
  readDatabaseState,
} from '../../../src/platform/database/database-check.ts';
import { connectDatabase } from '../../../src/platform/database/db.ts';
import { clusterPaths } from '../../../scripts/local/postgres/cluster.ts';
import { migrate } from '../../../scripts/schema/apply-migrations.ts';
import { silent } from '../../support/booking.ts';
import { runToEnd } from '../../support/processes/run-to-end.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { closeServer, listenOnFreePort, withLocalPort } from '../../support/services/free-port.ts';
import type { RewritingProxy } from '../../support/proxies/rewriting-proxy.ts';
import { startOlderPostgres } from '../../support/services/older-postgres.ts';
import { startTestPostgres } from '../../support/services/postgres.ts';

let database: TestDatabase;
let older: RewritingProxy;

beforeAll(async () => {
  database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num');
  await client.end();
  older = await startOlderPostgres(database.url, rows[0]?.server_version_num ?? '');
});
afterAll(async () => {
  await older[Symbol.asyncDispose]();
  await database.drop();
});

async function stateThrough(url: string, required = getRequirements()) {
  const pools = connectDatabase(url, silent, { batches: 1, reads: 1, worker: 1 });
  try {
    return await readDatabaseState(pools.reads, required);
  } finally {
    await pools.close();
  }
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

describe('the version of the server', () => {
  it.each([
    [90_624, '9.624'],
    [150_014, '15.14'],
    [160_010, '16.10'],
  ])('%i is refused', (number, version) => {
    expect(() => assertServerVersion(number)).toThrow(
      `DATABASE_URL: the server runs PostgreSQL ${version}, but Sellout requires PostgreSQL 17 or newer.`,
    );
  });

  it.each([170_000, 180_004, 200_001])('%i is accepted', (number) => {
    expect(() => assertServerVersion(number)).not.toThrow();
  });

  it('of a real server is read, and decides its state', async () => {
    await checkDatabase(database.url);
    await checkServer(database.url);
    expect(await stateThrough(database.url)).toBe('ok');
    const required = { ...getRequirements(), serverMajorMin: 99 };
    await expect(checkDatabase(database.url, null, required)).rejects.toThrow(
      'requires PostgreSQL 99 or newer',
    );
    expect(await stateThrough(database.url, required)).toBe('unsupported');
  });

  it('is detected although older servers reject the settings of our connections', async () => {
    await expect(checkDatabase(older.url)).rejects.toThrow('DATABASE_URL: the server runs PostgreSQL 15.');
    await expect(checkServer(older.url)).rejects.toThrow('DATABASE_URL: the server runs PostgreSQL 15.');
    expect(await stateThrough(older.url)).toBe('unsupported');
  });

  it('is checked before a migration is applied', async () => {
    await expect(migrate(older.url)).rejects.toThrow('DATABASE_URL: the server runs PostgreSQL 15.');
  });
});

it('a node starts although PostgreSQL ends while it is checked', async () => {
  const { hostname: host, port } = new URL(database.url);
  const isQuery = ([type]: Buffer) => type === 'Q'.charCodeAt(0) || type === 'P'.charCodeAt(0);
  let cuts = 0;
  const cutting = createServer((client) => {
    const server = connect({ host, port: Number(port) });
    for (const socket of [client, server]) socket.on('error', () => socket.destroy());
    server.pipe(client);
    client.on('data', (chunk) => {
      if (!isQuery(chunk)) return void server.write(chunk);
      cuts++;
      client.destroy();
      server.destroy();
    });
  });
  const url = withLocalPort(await listenOnFreePort(cutting), database.url);
  const script = `const { checkDatabase } = await import('./src/platform/database/database-check.ts');
    await checkDatabase(process.env['DATABASE_URL']);`;
  const ended = await runToEnd(['--input-type=module', '--eval', script], { DATABASE_URL: url });
  await closeServer(cutting);
  expect({ cuts, ...ended }).toEqual({ cuts: 1, code: 0, stdout: '', stderr: '' });
});

describe('the schema', () => {
  it('must have every migration of this version', async () => {
    const { migrations } = getRequirements();
    expect(migrations.length).toBeGreaterThan(1);
    const required = {
      ...getRequirements(),
      migrations: [...migrations, '99990101000000_later', '99990102000000_last'],
    };
    await expect(checkDatabase(database.url, null, required)).rejects.toThrow(
      'DATABASE_URL: the database is missing the migration 99990101000000_later and 1 more. Run npm run db:migrate first.',
    );
    expect(await stateThrough(database.url, required)).toBe('outdated');
  });

  it('may have migrations that this version does not know', async () => {
    const required = { ...getRequirements(), migrations: getRequirements().migrations.slice(0, 1) };
    await checkDatabase(database.url, null, required);
    expect(await stateThrough(database.url, required)).toBe('ok');
  });

  it('must not have one that this version cannot work with', async () => {
    await using contracted = await createTestDatabase();
    await execute(
      contracted.url,
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
        VALUES ('1', '', '99990101000000_notes', now()), ('2', '', '99990102000000_notes_contract', now())`,
    );
    await expect(checkDatabase(contracted.url)).rejects.toThrow(
      'DATABASE_URL: the database has the migration 99990102000000_notes_contract of a newer release, ' +
        'which this release cannot work with. Start that release.',
    );
    const { migrations } = getRequirements();
    const required = { ...getRequirements(), migrations: [...migrations, '99990102000000_notes_contract'] };
    await checkDatabase(contracted.url, null, required);
  });

  it('is missing in an empty database', async () => {
    const empty = new URL(database.url);
    empty.pathname = '/postgres';
    await expect(checkDatabase(empty.href)).rejects.toThrow('the database is missing the migration');
    await checkServer(empty.href);
    expect(await stateThrough(empty.href)).toBe('outdated');
  });
});

describe('a server that accepts no writes', () => {
  it('is refused as a standby', async () => {
    await using postgres = await startTestPostgres();
    await checkDatabase(postgres.url);
    await postgres.stop();
    const { cluster } = clusterPaths(path.dirname(postgres.logFile));
    writeFileSync(path.join(cluster, 'standby.signal'), '');
    await postgres.start();
    // A standby may not have the latest migration yet. That is not what is wrong.
    const required = { ...getRequirements(), migrations: ['99990101000000_later'] };
    await expect(checkDatabase(postgres.url, null, required)).rejects.toThrow(
      /^DATABASE_URL: the server at 127\.0\.0\.1:\d+ is a standby\. Name the primary\.$/,
    );
  });

  it('is refused as read-only', async () => {
    await using readOnly = await createTestDatabase();
    const name = new URL(readOnly.url).pathname.slice(1);
    await execute(readOnly.url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await expect(checkDatabase(readOnly.url)).rejects.toThrow(
      /^DATABASE_URL: the database at \S+ is read-only \(default_transaction_read_only is on\)\.$/,
    );
    expect(await stateThrough(readOnly.url)).toBe('read-only');
  });
});

describe('a server that does not respond', () => {
  const nowhere = 'postgresql://sellout:hunter2@127.0.0.1:1/sellout';

  it('does not prevent the start of a node', async () => {
    await expect(checkDatabase(nowhere)).resolves.toBeUndefined();
    const byName = 'postgresql://sellout:hunter2@localhost:1/sellout';
    await expect(checkDatabase(byName)).resolves.toBeUndefined();
  });

  it('stops npm start with a message that has the variable and not the password', async () => {
    for (const address of [nowhere, 'postgresql://sellout:hunter2@localhost:1/sellout']) {
      const error: unknown = await checkServer(address).catch((reason: unknown) => reason);
      expect(String(error)).toMatch(/DATABASE_URL: cannot connect to PostgreSQL at \S+:1: .*ECONNREFUSED/);
      expect(String(error)).not.toContain('hunter2');
      expect(String(error)).not.toContain('\n');
    }
  });

  it.each([
    ['password', { password: 'hunter2' }, 'password authentication failed'],
    ['database', { pathname: '/nowhere' }, 'does not exist'],
  ] as const)('is not one that refuses the %s: that does not pass by itself', async (_name, change, said) => {
    const wrong = Object.assign(new URL(database.url), change);
    await expect(checkDatabase(wrong.href)).rejects.toThrow(said);
    await expect(checkServer(wrong.href)).rejects.toThrow(said);
  });
});
