import pg from 'pg';
import { assertVersion } from '../../src/platform/database/database-check.ts';
import { NO_FILTERS, readMigrations, withSchemaEngine } from './engine.ts';
import { wholeScriptAdapter } from './whole-script-adapter.ts';

/** Key of the advisory lock; arbitrary, but used for nothing else in this database. */
export const MIGRATION_LOCK = 5_310_718;

/**
 * Applies pending migrations of prisma/migrations and returns their names. Records them in `_prisma_migrations` exactly as
 * `prisma migrate deploy` does, so the two can be mixed. A concurrent call in another process waits on an advisory lock.
 *
 * @param last the name of the last migration to apply; default: all.
 */
export async function migrate(
  databaseUrl: string,
  log?: (line: string) => void,
  last?: string,
): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await assertVersion(client); // guard: migration-server-version
  } catch (error) {
    await client.end();
    throw error;
  }
  // One connection, because the engine's session lock and its statements belong to one session.
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const migrationsList = await readMigrations(last);
    const retryable = await findRetryableMigrations(client);
    const applied = await withSchemaEngine(wholeScriptAdapter(pool), async (engine) => {
      for (const migrationName of retryable) {
        await engine.markMigrationRolledBack({ migrationName });
        log?.(`retrying ${migrationName}`);
      }
      return engine.applyMigrations({ migrationsList, filters: NO_FILTERS });
    });
    for (const name of applied.appliedMigrationNames) log?.(`applied ${name}`);
    return applied.appliedMigrationNames;
  } catch (error) {
    throw removeTrace(error);
  } finally {
    await pool.end();
    // Ending the session releases the lock in any case.
    await client.end();
  }
}

/** Removes the engine's trace from the message, and keeps the name of the migration. */
function removeTrace(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const [message = '', trace = ''] = error.message.split(/\n\s+(?=0: )/);
  const name = /migration_name="([^"]+)"/.exec(trace)?.[1];
  return new Error(`${name === undefined ? 'The migrations' : `Migration ${name}`} failed: ${message}`, {
    cause: error,
  });
}

/**
 * Returns failed or interrupted migrations that can be retried because they ran as one transaction. Prisma itself would
 * refuse to continue until someone resolves them by hand. That remains so for a script that manages its own transactions or
 * builds an index concurrently, because it may have been applied in part.
 */
async function findRetryableMigrations(client: pg.Client): Promise<string[]> {
  const { rows: tables } = await client.query(`SELECT to_regclass('public._prisma_migrations') AS name`);
  if (tables[0]?.name === null) return [];
  const { rows } = await client.query<{ migration_name: string }>(
    `SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL`,
  );
  const { migrationDirectories } = await readMigrations();
  return rows
    .map((row) => row.migration_name)
    .filter((name) => migrationDirectories.some((entry) => entry.path === name && isOneTransaction(entry)));
}

function isOneTransaction(entry: { migrationFile: { content: { value: string } } }): boolean {
  // The semicolon after BEGIN distinguishes the statement from a function's body.
  const ownTransaction = /\bCONCURRENTLY\b|^\s*(BEGIN|START|COMMIT)(\s+(TRANSACTION|WORK))?\s*;/im;
  return !ownTransaction.test(entry.migrationFile.content.value);
}
