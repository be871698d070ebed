import path from 'node:path';
import { startPostgres } from './postgres/postgres.ts';
import { startRedis } from './redis/redis.ts';
import { makeScratchFolder, type ScratchFolder } from './scratch-folder.ts';

export interface ScratchServices {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/** Runs `work` with a temporary PostgreSQL. */
export function withScratchPostgres<T>(work: (databaseUrl: string) => Promise<T>): Promise<T> {
  return withScratchFolder((scratch) => withPostgresIn(scratch, work));
}

/** Runs `work` with a temporary PostgreSQL and Redis. */
export function withScratchServices<T>(work: (services: ScratchServices) => Promise<T>): Promise<T> {
  return withScratchFolder((scratch) =>
    withPostgresIn(scratch, async (databaseUrl) => {
      const redis = await startRedis({ folder: path.join(scratch.folder, 'redis') });
      try {
        return await work({ databaseUrl, redisUrl: redis.url });
      } finally {
        await redis.stop();
      }
    }),
  );
}

async function withScratchFolder<T>(work: (scratch: ScratchFolder) => Promise<T>): Promise<T> {
  const scratch = await makeScratchFolder();
  try {
    return await work(scratch);
  } finally {
    await scratch.remove();
  }
}

async function withPostgresIn<T>(
  { folder }: ScratchFolder,
  work: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  const postgres = await startPostgres({ folder: path.join(folder, 'postgres'), durable: false });
  try {
    return await work(postgres.url);
  } finally {
    await postgres.stop('immediate');
  }
}
