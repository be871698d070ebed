import { step } from '../bootstrap/steps.mjs';
import type { DataFolder } from './data-folder.ts';
import { keepRunning } from './keep-running.ts';
import { type Postgres, startPostgres, stopPostgres } from './postgres.ts';
import { findRedis } from './redis-binary.ts';
import { type Redis, startRedis, stopRedis } from './redis.ts';
import type { Shutdown } from './shutdown.ts';

function report(line: string): void {
  process.stderr.write(`  ! ${line}\n`);
}

/** The address of the embedded PostgreSQL, which runs until the shutdown. */
export async function runPostgres(data: DataFolder, shutdown: Shutdown): Promise<string> {
  let stop = (): Promise<void> => stopPostgres(data.postgres);
  shutdown.add('PostgreSQL', () => stop());
  return step('PostgreSQL', async (rename) => {
    const start = (previous?: Postgres): Promise<Postgres> => {
      const port = previous === undefined ? {} : { port: previous.port };
      return startPostgres({ folder: data.postgres, durable: true, ...port });
    };
    const postgres = await keepRunning('PostgreSQL', start, report);
    stop = () => postgres.stop();
    rename(`PostgreSQL ${postgres.version} on port ${postgres.port}`);
    return postgres.url;
  });
}

/** The address of the private Redis, which runs until the shutdown. */
export async function runRedis(data: DataFolder, shutdown: Shutdown): Promise<string> {
  let stop = (): Promise<void> => stopRedis(data.redis);
  shutdown.add('Redis', () => stop());
  return step('Redis', async (rename) => {
    const { origin } = await findRedis();
    const start = (previous?: Redis): Promise<Redis> => {
      const address = previous === undefined ? {} : { port: previous.port, password: previous.password };
      return startRedis({ folder: data.redis, ...address });
    };
    const redis = await keepRunning('Redis', start, report);
    stop = () => redis.stop();
    const fetched = origin === 'fetched' ? ', downloaded from your distribution' : '';
    rename(`Redis ${redis.version} on port ${redis.port}${fetched}`);
    return redis.url;
  });
}
