import type { Database } from '../../../src/platform/database/db.ts';
import type { Fault } from './inject-faults.ts';
import type { NodeAddress } from './watcher.ts';

/** The system under test: API processes, and what may fail. */
export interface System extends AsyncDisposable {
  /** The addresses of clients and watchers. */
  readonly nodes: readonly NodeAddress[];
  /** The test's own connections. */
  readonly database: Database;
  /** Error-level log lines, counted by message. */
  readonly errors: ReadonlyMap<string, number>;
  readonly faults: readonly Fault[];
  /** How many standbys have become the primary so far. */
  readonly promotions: number;
  /** Makes every process run that the round before has stopped. */
  start(): Promise<void>;
  /** Stops the API processes gracefully, and returns what went wrong: here (I13) and before (I12). */
  stop(): Promise<readonly { readonly rule: string; readonly what: string }[]>;
}
