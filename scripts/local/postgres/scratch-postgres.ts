import path from 'node:path';
import { type Postgres, startPostgres } from './postgres.ts';
import { makeScratchFolder } from '../scratch-folder.ts';

/** Runs `work` with a temporary PostgreSQL. */
export async function withScratchPostgres<T>(work: (postgres: Postgres) => Promise<T>): Promise<T> {
  const scratch = await makeScratchFolder();
  try {
    const postgres = await startPostgres({ folder: path.join(scratch.folder, 'postgres'), durable: false });
    try {
      return await work(postgres);
    } finally {
      await postgres.stop('immediate');
    }
  } finally {
    await scratch.remove();
  }
}
