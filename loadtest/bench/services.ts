import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { startPostgres, type Postgres } from '../../scripts/local/postgres/postgres.ts';
import { startRedis } from '../../scripts/local/redis/redis.ts';
import { makeScratchFolder } from '../../scripts/local/scratch-folder.ts';
import { migrate } from '../../scripts/schema/apply-migrations.ts';

export interface BenchServices extends AsyncDisposable {
  readonly postgres: Postgres;
  /** Folder with the cluster of PostgreSQL. */
  readonly postgresFolder: string;
  readonly redisUrl: string;
  readonly redisVersion: string;
  readonly redisPid: number;
  /** Folder for files of the run, removed at its end. */
  readonly folder: string;
}

/**
 * Starts PostgreSQL and Redis in a temporary folder. PostgreSQL is durable and has the settings of `npm start`, so that every
 * measured commit has reached the disk.
 */
export async function startServices(settings: Record<string, string> = {}): Promise<BenchServices> {
  const scratch = await makeScratchFolder();
  const { folder } = scratch;
  const postgresFolder = path.join(folder, 'postgres');
  const postgres = await startPostgres({ folder: postgresFolder, durable: true, settings });
  await migrate(postgres.url);
  const redis = await startRedis({ folder: path.join(folder, 'redis') });
  const redisPid = redis.process.pid;
  if (redisPid === undefined) throw new Error('Redis has no pid');
  const files = path.join(folder, 'files');
  mkdirSync(files);
  return {
    postgres,
    postgresFolder,
    redisUrl: redis.url,
    redisVersion: redis.version,
    redisPid,
    folder: files,
    async [Symbol.asyncDispose]() {
      await redis.stop();
      await postgres.stop('immediate');
      await scratch.remove();
    },
  };
}
