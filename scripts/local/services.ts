import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { step } from '../bootstrap/steps.mjs';
import type { DataFolder } from './data-folder.ts';
import { type Postgres, startPostgres, stopPostgres } from './postgres/postgres.ts';
import { findRedis } from './redis/find-redis.ts';
import { type Redis, startRedis, stopRedis } from './redis/redis.ts';
import type { Shutdown } from './shutdown.ts';

const RESTART_DELAY_MS = { first: 1_000, max: 10_000 };

interface Service {
  process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts the embedded PostgreSQL, keeps it running until the shutdown, and returns its URL. */
export async function runPostgres(data: DataFolder, shutdown: Shutdown): Promise<string> {
  let stop = (): Promise<void> => stopPostgres(data.postgres);
  shutdown.add('PostgreSQL', () => stop());
  return step('PostgreSQL', async (rename) => {
    const start = (previous?: Postgres): Promise<Postgres> => {
      const port = previous === undefined ? {} : { port: previous.port };
      return startPostgres({ folder: data.postgres, durable: true, ...port });
    };
    const postgres = await keepRunning('PostgreSQL', start);
    stop = () => postgres.stop();
    rename(`PostgreSQL ${postgres.version} on port ${postgres.port}`);
    return postgres.url;
  });
}

/** Starts the private Redis, keeps it running until the shutdown, and returns its URL. */
export async function runRedis(data: DataFolder, shutdown: Shutdown): Promise<string> {
  let stop = (): Promise<void> => stopRedis(data.redis);
  shutdown.add('Redis', () => stop());
  return step('Redis', async (rename) => {
    const { origin } = await findRedis();
    const start = (previous?: Redis): Promise<Redis> => {
      const address = previous === undefined ? {} : { port: previous.port, password: previous.password };
      // Places in waiting rooms survive a restart.
      return startRedis({ folder: data.redis, appendOnly: true, ...address });
    };
    const redis = await keepRunning('Redis', start);
    stop = () => redis.stop();
    const fetched = origin === 'fetched' ? ', downloaded from your distribution' : '';
    rename(`Redis ${redis.version} on port ${redis.port}${fetched}`);
    return redis.url;
  });
}

/**
 * Starts a service and restarts it whenever it exits by itself. `start` receives the previous instance, so that the new one
 * can take over its address.
 */
async function keepRunning<S extends Service>(name: string, start: (previous?: S) => Promise<S>): Promise<S> {
  let current = await start();
  let stopping = false;

  const restart = async (): Promise<void> => {
    for (
      let waitMs = RESTART_DELAY_MS.first;
      !stopping;
      waitMs = Math.min(waitMs * 2, RESTART_DELAY_MS.max)
    ) {
      await delay(waitMs);
      if (stopping) return;
      try {
        current = await start(current);
        watch();
        report(`${name} is running again`);
        return;
      } catch (error) {
        report(`${name} failed to start: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };

  const watch = (): void => {
    current.process.once('exit', (code, signal) => {
      if (stopping) return;
      report(`${name} exited (${signal ?? `exit code ${code}`}); restarting it`);
      void restart();
    });
  };

  watch();
  return {
    ...current,
    stop: async () => {
      stopping = true;
      await current.stop();
    },
  };
}

function report(line: string): void {
  process.stderr.write(`  ! ${line}\n`);
}
