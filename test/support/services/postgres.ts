import { chmodSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';
import { type Postgres, startPostgres } from '../../../scripts/local/postgres/postgres.ts';
import { prepareDatabase } from './prepare-database.ts';

export interface TestPostgres extends AsyncDisposable {
  /** A migrated, empty database. The address survives a restart. */
  url: string;
  readonly folder: string;
  /** Log file of the server. Each start begins a new one. */
  readonly logFile: string;
  /** Stops it gracefully or, with `immediate`, as a crash does. Commits survive both. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  start(): Promise<void>;
  restart(mode?: 'fast' | 'immediate'): Promise<void>;
}

export interface TestPostgresOptions {
  /** Turns on fsync and everything else that makes commits survive a power failure. Slower, so off by default. */
  durable?: boolean;
  settings?: Record<string, string>;
}

/** Starts a separate PostgreSQL, for tests that stop or crash it. It ends with the test process. */
export async function startTestPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const folder = mkdtempSync(path.join(inject('scratchFolder'), 'services', 'postgres-'));
  chmodSync(folder, 0o711);
  const { durable = false, settings = {} } = options;
  let current: Postgres = await startPostgres({ folder, durable, settings });
  const { port, url, logFile } = current;
  await prepareDatabase(url);

  const stop = (mode: 'fast' | 'immediate' = 'fast'): Promise<void> => current.stop(mode);
  const start = async (): Promise<void> => {
    current = await startPostgres({ folder, durable, settings, port });
  };
  const restart = async (mode: 'fast' | 'immediate' = 'fast'): Promise<void> => {
    await stop(mode);
    await start();
  };
  return { url, folder, logFile, stop, start, restart, [Symbol.asyncDispose]: () => stop('immediate') };
}
