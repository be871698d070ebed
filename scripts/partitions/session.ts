import pg from 'pg';
import { assertVersion } from '../../src/platform/database/database-check.ts';
import { pause } from '../../src/platform/pause.ts';
import { MIGRATION_LOCK } from '../schema/apply-migrations.ts';

/** Maximum time for which statements of others queue behind an attempt to lock the tables. */
const LOCK_WAIT_MS = 200;
const LOCK_ATTEMPTS_MAX = 100;
/** Mean time between attempts. Long, so that sales lose little time to attempts, however many fail. */
const PAUSE_MS = 1_000;

/** SQLSTATEs of an attempt that failed because others have the tables: canceled by the timeout, or in a deadlock. */
const TABLES_BUSY = new Set(['57014', '40P01']);

export type LockMode = 'ACCESS EXCLUSIVE' | 'SHARE ROW EXCLUSIVE';

/** Times for which a command locked tables against reads and writes, by step. */
export type LockedMs = Record<string, number>;

/**
 * Runs `work` on a connection of its own, as the owner of the tables. Waits for migrations and other calls, and they wait
 * for this one.
 */
export async function withPartitionSession<T>(
  databaseUrl: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'sellout partition',
    options: '-c statement_timeout=0 -c transaction_timeout=0 -c idle_in_transaction_session_timeout=0',
  });
  // The query fails with the same error. Without a listener, a broken connection ends the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await assertVersion(client);
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const { rows } = await client.query<{ owner: string }>(
      `SELECT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE oid = to_regclass('bookings')`,
    );
    const [table] = rows;
    if (table === undefined)
      throw new Error('The database has no tables yet. Run `npm start` once, or `npm run db:migrate`.');
    await client.query(`SET ROLE ${pg.escapeIdentifier(table.owner)}`);
    return await work(client);
  } finally {
    // Ending the session releases the lock in any case.
    await client.end();
  }
}

/** Runs `work` in a transaction, and adds the time from its locks until its end to `lockedMs`. */
export async function inTransaction<T>(
  client: pg.Client,
  step: string,
  lockedMs: LockedMs,
  work: (locked: () => void) => Promise<T>,
): Promise<T> {
  let lockedAt: number | null = null;
  await client.query('BEGIN');
  try {
    const result = await work(() => (lockedAt ??= performance.now()));
    await client.query('COMMIT');
    if (lockedAt !== null) lockedMs[step] = performance.now() - lockedAt;
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/**
 * Locks tables in turn, all or none. Nothing queues behind an attempt for longer than `LOCK_WAIT_MS`: the attempt is then
 * given up, and repeated later. A mode that blocks only other changes of the schema is locked first, which ends a vacuum.
 *
 * @throws if every attempt failed: some other session keeps a table locked.
 */
export async function lockTables(
  client: pg.Client,
  locks: readonly { readonly tables: readonly string[]; readonly mode: LockMode }[],
): Promise<void> {
  const all = locks.flatMap(({ tables }) => tables);
  await client.query(`LOCK TABLE ${all.join(', ')} IN SHARE UPDATE EXCLUSIVE MODE`);
  for (let attempt = 1; ; attempt++) {
    await client.query(`SAVEPOINT unlocked; SET LOCAL statement_timeout = ${LOCK_WAIT_MS}`);
    try {
      // One statement for all tables of a mode, so that the timeout is for all of them together.
      await client.query(
        locks.map(({ tables, mode }) => `LOCK TABLE ${tables.join(', ')} IN ${mode} MODE`).join('; '),
      );
      await client.query('SET LOCAL statement_timeout = 0');
      return;
    } catch (error) {
      // The transaction goes on after the savepoint. Going back to it releases the tables that were locked since.
      await client.query('ROLLBACK TO SAVEPOINT unlocked');
      if (!TABLES_BUSY.has((error as { code?: string }).code ?? '')) throw error;
      if (attempt === LOCK_ATTEMPTS_MAX)
        throw new Error(
          `The tables could not be locked in ${LOCK_ATTEMPTS_MAX} attempts of ${LOCK_WAIT_MS} ms: another session uses them ` +
            'without a pause. Nothing was changed. Find it in pg_stat_activity, end it, and repeat the command.',
          { cause: error },
        );
      await pause(PAUSE_MS * (0.5 + Math.random()));
    }
  }
}
