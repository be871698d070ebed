import { chmodSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';
import { type Postgres, startPostgres } from '../../../scripts/local/postgres.ts';
import { migrate } from '../../../scripts/schema/apply-migrations.ts';

export interface TestPostgres extends AsyncDisposable {
  /** A migrated, empty database. Stays the same over a restart. */
  url: string;
  /** What the server writes to its log. Each start begins a new one. */
  readonly logFile: string;
  /** Stops it: in order, or, immediate, as a crash does. What was committed survives both. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  start(): Promise<void>;
  restart(mode?: 'fast' | 'immediate'): Promise<void>;
}

export interface TestPostgresOptions {
  /** With fsync and all else that makes a commit survive a power cut. Slower, so off unless a test is about that. */
  durable?: boolean;
  settings?: Record<string, string>;
}

/** A PostgreSQL of its own, for tests that stop or crash it. It ends with the process of the test. */
export async function startTestPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const folder = mkdtempSync(path.join(inject('scratchFolder'), 'services', 'postgres-'));
  chmodSync(folder, 0o711);
  const { durable = false, settings = {} } = options;
  let current: Postgres = await startPostgres({ folder, durable, settings });
  const { port, url, logFile } = current;
  await migrate(url);

  const stop = (mode: 'fast' | 'immediate' = 'fast'): Promise<void> => current.stop(mode);
  const start = async (): Promise<void> => {
    current = await startPostgres({ folder, durable, settings, port });
  };
  const restart = async (mode: 'fast' | 'immediate' = 'fast'): Promise<void> => {
    await stop(mode);
    await start();
  };
  return { url, logFile, stop, start, restart, [Symbol.asyncDispose]: () => stop('immediate') };
}
