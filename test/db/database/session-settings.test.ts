import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getRoleStatements } from '../../../scripts/schema/role-statements.ts';
import {
  checkDatabase,
  getRequirements,
  readDatabaseState,
} from '../../../src/platform/database/database-check.ts';
import { connectDatabase, sql } from '../../../src/platform/database/db.ts';
import {
  getSessionSettings,
  poolNames,
  poolVariables,
  type DatabaseAddress,
  type PoolUrls,
} from '../../../src/platform/database/session-settings.ts';
import { silent } from '../../support/booking.ts';
import { startRefusingPooler } from '../../support/proxies/refusing-pooler.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { startRewritingProxy } from '../../support/proxies/rewriting-proxy.ts';

let database: TestDatabase;
let admin: pg.Client;
let prefix: string;
let urls: PoolUrls;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  prefix = new URL(database.url).pathname.slice(1);
  // An owner without privileges, as in production.
  await admin.query(`CREATE ROLE ${prefix}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${prefix};
    GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ${prefix}`);
  for (let times = 0; times < 2; times++)
    for (const statement of getRoleStatements(prefix, prefix)) await admin.query(statement);
  for (const pool of poolNames) await admin.query(`ALTER ROLE ${prefix}_${pool} PASSWORD 'test'`);
  urls = {
    batches: addressOf('batches'),
    reads: addressOf('reads'),
    worker: addressOf('worker'),
  };
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

function addressOf(pool: string): string {
  return Object.assign(new URL(database.url), { username: `${prefix}_${pool}`, password: 'test' }).href;
}

/** Runs `work` while the role of a pool has another setting. */
async function withRoleSetting(pool: string, setting: string, work: () => Promise<void>): Promise<void> {
  await admin.query(`ALTER ROLE ${prefix}_${pool} SET ${setting}`);
  try {
    await work();
  } finally {
    await admin.query(`ALTER ROLE ${prefix}_${pool} RESET ${setting.split(' ')[0]}`);
    for (const statement of getRoleStatements(prefix, prefix)) await admin.query(statement);
  }
}

async function readState(address: DatabaseAddress) {
  const pools = connectDatabase(address, silent, { batches: 1, reads: 1, worker: 1 });
  try {
    return await readDatabaseState(pools.reads, getRequirements());
  } finally {
    await pools.close();
  }
}

async function readSessions(address: DatabaseAddress) {
  const pools = connectDatabase(address, silent, { batches: 1, reads: 1, worker: 1 });
  try {
    const read = (pool: (typeof poolNames)[number]) =>
      pools[pool].$queryRaw<[{ settings: object }]>(sql`SELECT jsonb_object_agg(name, setting) AS settings
        FROM pg_settings WHERE name = ANY(${Object.keys(getSessionSettings(pool))}::text[])`);
    return await Promise.all(poolNames.map(async (pool) => (await read(pool))[0].settings));
  } finally {
    await pools.close();
  }
}

describe('sessions', () => {
  const required = poolNames.map((pool) => getSessionSettings(pool));

  it('get their settings when they connect', async () => {
    expect(await readSessions(database.url)).toEqual(required);
    await checkDatabase(database.url);
  });

  it('get them from the roles that db:roles prints', async () => {
    expect(await readSessions(urls)).toEqual(required);
    await checkDatabase(database.url, urls);
    expect(await readState(urls)).toBe('ok');
  });
});

describe('a start is refused with one line', () => {
  it.each([
    ['batches', 'transaction_timeout', '0', '8000'],
    ['reads', 'lock_timeout', '0', '3000'],
    ['worker', 'enable_seqscan', 'on', 'off'],
  ] as const)('if the role of %s has another %s', async (pool, name, found, wanted) => {
    await withRoleSetting(pool, `${name} = ${found}`, async () => {
      await expect(checkDatabase(database.url, urls)).rejects.toThrow(
        `${poolVariables[pool]}: ${name} is ${found} instead of ${wanted} in sessions of the pool "${pool}". `,
      );
    });
  });

  it('if a pooler drops the settings of connections', async () => {
    const text = '-c transaction_timeout=8000';
    await using pooler = await startRewritingProxy(database.url, {
      fromClient: [text, ' '.repeat(text.length)],
    });
    await expect(checkDatabase(pooler.url)).rejects.toThrow(
      'DATABASE_URL: transaction_timeout is 0 instead of 8000 in sessions of the pool "batches". ' +
        'A connection pooler may have dropped it, or the role lacks it: see "Connection poolers" in docs/deployment.md.',
    );
    expect(await readState(pooler.url)).toBe('misconfigured');
  });

  it('if a pooler refuses the settings of connections', async () => {
    const error = { sqlState: '08P01', message: 'unsupported startup parameter: options' };
    await using pooler = await startRefusingPooler(database.url, 'options\0', error);
    await expect(checkDatabase(pooler.url)).rejects.toThrow(
      /^DATABASE_URL: the connection pooler at 127\.0\.0\.1:\d+ refuses the settings of sessions \(unsupported startup parameter: options\): see "Connection poolers"/,
    );
  });

  it('if a pooler mixes up the prepared statements of two clients', async () => {
    const error = { sqlState: '42P05', message: 'prepared statement "sellout_probe" already exists' };
    await using pooler = await startRefusingPooler(database.url, '/* prepareProbe */ SELECT 2', error);
    await expect(checkDatabase(pooler.url)).rejects.toThrow(
      /^DATABASE_URL: the connection pooler at \S+ mixes up the prepared statements of its clients: see/,
    );
  });

  it('if a pool uses another database', async () => {
    await using other = await createTestDatabase();
    await expect(checkDatabase(database.url, { ...urls, reads: other.url })).rejects.toThrow(
      'DATABASE_READS_URL: names another database than DATABASE_URL.',
    );
  });

  it('if a pool cannot write', async () => {
    await withRoleSetting('worker', 'default_transaction_read_only = on', async () => {
      await expect(checkDatabase(database.url, urls)).rejects.toThrow(
        /^DATABASE_WORKER_URL: the database at \S+ is read-only \(default_transaction_read_only is on\)\.$/,
      );
    });
  });
});

it('a pooler that cannot reach the server does not prevent the start of a node', async () => {
  const error = {
    sqlState: '08P01',
    message: 'server login has been failing, try again later (server_login_retry)',
  };
  await using pooler = await startRefusingPooler(database.url, 'user\0', error);
  await expect(checkDatabase(pooler.url)).resolves.toBeUndefined();
});
