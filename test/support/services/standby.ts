import { chmodSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { type Postgres, startPostgres } from '../../../scripts/local/postgres/postgres.ts';
import type { TestPostgres } from './postgres.ts';
import { startStandby } from './start-standby.ts';

export interface TestStandby extends AsyncDisposable {
  /** The address survives a restart. */
  readonly url: string;
  /** Runs a statement on the standby. */
  query<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]>;
  /** Stops to apply what it receives, so that its reads show what was there before. */
  pauseReplay(): Promise<void>;
  resumeReplay(): Promise<void>;
  /** Makes it a primary. */
  promote(): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Makes an asynchronous standby of a test's own PostgreSQL. */
export async function startTestStandby(primary: TestPostgres, slot: string): Promise<TestStandby> {
  const folder = mkdtempSync(path.join(inject('scratchFolder'), 'services', 'standby-'));
  chmodSync(folder, 0o711);
  let current: Postgres = await startStandby({ primary, folder, slot, durable: false });
  const { port, url } = current;
  const query = async <Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  };
  const kill = () => current.stop('immediate');
  return {
    url,
    query,
    pauseReplay: async () => void (await query('SELECT pg_wal_replay_pause()')),
    resumeReplay: async () => void (await query('SELECT pg_wal_replay_resume()')),
    promote: async () => void (await query('SELECT pg_promote()')),
    kill,
    async start() {
      current = await startPostgres({ folder, durable: false, port });
    },
    [Symbol.asyncDispose]: kill,
  };
}
