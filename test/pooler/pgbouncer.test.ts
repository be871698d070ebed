import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { getRoleStatements } from '../../scripts/schema/role-statements.ts';
import { holdSeats } from '../../src/booking/operations/hold-seats.ts';
import { checkDatabase } from '../../src/platform/database/database-check.ts';
import { poolNames, type PoolUrls } from '../../src/platform/database/session-settings.ts';
import { assertInvariants, createBuyerId, startBookingProcess } from '../support/booking.ts';
import { createHall } from '../support/hall.ts';
import { startTestPostgres, type TestPostgres } from '../support/services/postgres.ts';
import { findPgBouncer } from './find-pgbouncer.ts';
import { startPgBouncer, type PgBouncer } from './pgbouncer.ts';

/*
 * What deployment.md says about PgBouncer, with the version in PATH or else Debian's. Transaction mode needs 1.21: an older
 * one must be refused.
 */

let postgres: TestPostgres;
let roles: PoolUrls;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  const owner = new URL(postgres.url).username;
  for (const statement of getRoleStatements(owner)) await admin.query(statement);
  for (const pool of poolNames) await admin.query(`ALTER ROLE sellout_${pool} PASSWORD 'test'`);
  await admin.end();
  const addressOf = (pool: string) =>
    Object.assign(new URL(postgres.url), { username: `sellout_${pool}`, password: 'test' }).href;
  roles = { batches: addressOf('batches'), reads: addressOf('reads'), worker: addressOf('worker') };
});
afterAll(() => postgres[Symbol.asyncDispose]());

const listUrls = () => [postgres.url, ...Object.values(roles)];

function through(pgBouncer: PgBouncer): PoolUrls {
  const { batches, reads, worker } = roles;
  return { batches: pgBouncer.url(batches), reads: pgBouncer.url(reads), worker: pgBouncer.url(worker) };
}

/** Holds 300 seats through the pooler and returns how many holds succeeded, with more connections than the pooler has for each role. */
async function countHoldsThrough(urls: PoolUrls): Promise<number> {
  const process = startBookingProcess(urls);
  try {
    const halls = await Promise.all(Array.from({ length: 12 }, () => createHall(process.database.reads)));
    const held = halls.flatMap(({ eventId }) =>
      Array.from({ length: 25 }, (_, seat) =>
        holdSeats(process, {
          buyerId: createBuyerId(),
          eventId,
          seats: [seat],
          idempotencyKey: null,
          onConflict: 'FAIL',
        }),
      ),
    );
    const results = await Promise.all(held);
    await assertInvariants(process.database.reads);
    expect(process.warnings).toEqual([]);
    return results.filter(({ status }) => status === 'HOLD').length;
  } finally {
    await process[Symbol.asyncDispose]();
  }
}

it('a pooler that refuses the settings of connections is refused', async () => {
  await using pgBouncer = await startPgBouncer({ mode: 'session', urls: listUrls() });
  await expect(checkDatabase(pgBouncer.url(postgres.url))).rejects.toThrow(
    /the connection pooler at \S+ refuses the settings of sessions \(unsupported startup parameter.*options.*\)/,
  );
});

it('a pooler that drops the settings of connections is refused', async () => {
  const settings = ['ignore_startup_parameters = options'];
  await using pgBouncer = await startPgBouncer({ mode: 'session', urls: listUrls(), settings });
  await expect(checkDatabase(pgBouncer.url(postgres.url))).rejects.toThrow(
    'DATABASE_URL: lock_timeout is 0 instead of 3000 in sessions of the pool "batches".',
  );
});

it('session mode with the settings in roles works', async () => {
  await using pgBouncer = await startPgBouncer({ mode: 'session', urls: listUrls() });
  await checkDatabase(postgres.url, through(pgBouncer));
  expect(await countHoldsThrough(through(pgBouncer))).toBe(300);
});

const [major, minor] = findPgBouncer().version;
const keepsStatements = major > 1 || minor >= 21;

it(`transaction mode with the settings in roles ${keepsStatements ? 'works' : 'is refused before 1.21'}`, async () => {
  const settings = ['default_pool_size = 4', ...(keepsStatements ? ['max_prepared_statements = 200'] : [])];
  await using pgBouncer = await startPgBouncer({ mode: 'transaction', urls: listUrls(), settings });
  const check = () => checkDatabase(postgres.url, through(pgBouncer));
  if (keepsStatements) {
    await check();
    expect(await countHoldsThrough(through(pgBouncer))).toBe(300);
  } else {
    const message = /^DATABASE_BATCHES_URL: the connection pooler at \S+ mixes up the prepared statements/;
    await expect(check()).rejects.toThrow(message);
    // The first check has left its statement in the pooler's session.
    await expect(check()).rejects.toThrow(message);
  }
});

it('a server that is down behind the pooler does not prevent the start of a node', async () => {
  await using pgBouncer = await startPgBouncer({
    mode: 'session',
    urls: listUrls(),
    settings: ['server_login_retry = 1', 'query_wait_timeout = 2'],
  });
  await postgres.stop();
  await expect(checkDatabase(pgBouncer.url(postgres.url))).resolves.toBeUndefined();
  await postgres.start();
});
