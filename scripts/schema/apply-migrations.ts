import pg from 'pg';
import { assertVersion } from '../../src/platform/database/database-check.ts';
import { NO_FILTERS, readMigrations, withSchemaEngine } from './engine.ts';
import { wholeScriptAdapter } from './whole-script-adapter.ts';

/** Any number that nothing else in this database takes an advisory lock on. */
const MIGRATION_LOCK = 5_310_718;

/**
 * Applies prisma/migrations, and returns the names of those that were not applied yet. They are recorded in
 * `_prisma_migrations` exactly as `prisma migrate deploy` records them, so either can follow the other.
 *
 * Two processes may do this at once: the second waits for the first on an advisory lock.
 */
export async function migrate(databaseUrl: string, log?: (line: string) => void): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await assertVersion(client); // guard: migration-server-version
  } catch (error) {
    await client.end();
    throw error;
  }
  // One connection: the engine's session lock and its statements belong together.
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const migrationsList = await readMigrations();
    const unfinished = await unfinishedMigrations(client);
    const applied = await withSchemaEngine(wholeScriptAdapter(pool), async (engine) => {
      for (const migrationName of unfinished) {
        await engine.markMigrationRolledBack({ migrationName });
        log?.(`trying ${migrationName} again`);
      }
      return engine.applyMigrations({ migrationsList, filters: NO_FILTERS });
    });
    for (const name of applied.appliedMigrationNames) log?.(`applied ${name}`);
    return applied.appliedMigrationNames;
  } catch (error) {
    throw withoutTrace(error);
  } finally {
    await pool.end();
    // Ending the session gives the lock back, whatever state it is in.
    await client.end();
  }
}

/** The engine's message goes on with a trace, of which only the name of the migration says anything to its users. */
function withoutTrace(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const [message = '', trace = ''] = error.message.split(/\n\s+(?=0: )/);
  const name = /migration_name="([^"]+)"/.exec(trace)?.[1];
  return new Error(`${name === undefined ? 'The migrations' : `Migration ${name}`} failed: ${message}`, {
    cause: error,
  });
}

/**
 * Migrations that failed or were cut off. Each runs as one transaction, so that nothing of it is there, and it may be
 * tried again; Prisma would refuse to go on until somebody says so by hand. It does refuse where a script manages
 * transactions of its own or builds an index concurrently, for then part of it may be there.
 */
async function unfinishedMigrations(client: pg.Client): Promise<string[]> {
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
  // A semicolon after BEGIN tells a statement from the body of a function.
  const ownTransaction = /\bCONCURRENTLY\b|^\s*(BEGIN|START|COMMIT)(\s+(TRANSACTION|WORK))?\s*;/im;
  return !ownTransaction.test(entry.migrationFile.content.value);
}
