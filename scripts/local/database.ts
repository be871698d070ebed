import { getSqlState } from '../../src/platform/database/db-errors.ts';
import { connectDatabase, type PrismaClient } from '../../src/platform/database/db.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { clearState, folderInUse, lockDataFolder, openDataFolder, readState } from './data-folder.ts';
import { startPostgres } from './postgres/postgres.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const UNDEFINED_TABLE = '42P01';

/**
 * Runs `work` on the database that `npm start` would use: DATABASE_URL if set, else the embedded PostgreSQL. If that is not
 * running, starts it and stops it afterwards.
 */
export async function withDatabase<T>(
  env: Environment,
  work: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  if (env['DATABASE_URL'] !== undefined) return work(env['DATABASE_URL']);
  const data = openDataFolder(env);
  const lock = await lockDataFolder(data);
  if (!lock) {
    const state = readState(data);
    if (state === null) throw folderInUse(data);
    return work(state.databaseUrl);
  }
  try {
    // A killed start may have left its state behind, with an address that nothing serves.
    clearState(data);
    const postgres = await startPostgres({ folder: data.postgres, durable: true });
    try {
      return await work(postgres.url);
    } finally {
      await postgres.stop();
    }
  } finally {
    await lock.release();
  }
}

/** Runs `work` with a client of that database. @throws if the database has no tables yet, with a message that says so. */
export function useDatabase<T>(env: Environment, work: (db: PrismaClient) => Promise<T>): Promise<T> {
  return withDatabase(env, async (url) => {
    const database = connectDatabase(url, createLogger('silent'), { batches: 1, reads: 1, worker: 1 });
    try {
      return await work(database.reads);
    } catch (error) {
      if (getSqlState(error) !== UNDEFINED_TABLE && (error as { code?: unknown }).code !== 'P2021')
        throw error;
      throw new Error('The database has no tables yet. Run `npm start` once, or `npm run db:migrate`.', {
        cause: error,
      });
    } finally {
      await database.close();
    }
  });
}
