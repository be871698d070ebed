import { getSqlState } from '../../src/platform/database/db-errors.ts';
import { connectDatabase, type PrismaClient } from '../../src/platform/database/db.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { withDatabase } from './with-database.ts';

const UNDEFINED_TABLE = '42P01';

/** As withDatabase, with a client. A database without our tables is told about in words. */
export function useDatabase<T>(
  env: Readonly<Record<string, string | undefined>>,
  work: (db: PrismaClient) => Promise<T>,
): Promise<T> {
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
