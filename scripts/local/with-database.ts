import { clearState, folderInUse, lockDataFolder, openDataFolder, readState } from './data-folder.ts';
import { startPostgres } from './postgres.ts';

/**
 * Runs `work` on the database that a start here would use: DATABASE_URL; else the embedded one of the start that is
 * running; else the embedded one, started for the time that it takes.
 */
export async function withDatabase<T>(
  env: Readonly<Record<string, string | undefined>>,
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
    // Left behind by a start that was killed: its address would lead nowhere.
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
