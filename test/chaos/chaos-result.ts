import type { FaultCounts } from '../torture/cluster/inject-faults.ts';
import type { CatchUps } from './catch-up.ts';
import type { Memory } from './memory.ts';

export interface ChaosResult {
  /** Everything that went wrong: wrong maps, gaps between messages, processes that ended, and all of the verdict. */
  readonly breaches: readonly string[];
  readonly seconds: number;
  readonly faults: FaultCounts;
  /** Number of responses by request and result: `hold Booking`, `hold SeatsUnavailableError`. */
  readonly requests: ReadonlyMap<string, number>;
  /** Acknowledged confirmations. The ledger of the buyers has found each of them in the database. */
  readonly confirmed: number;
  readonly catchUps: CatchUps;
  readonly version: number;
  readonly messages: number;
  readonly snapshots: number;
  readonly resumed: number;
  /** Slow consumers on the surviving nodes. A killed node starts at zero again. */
  readonly skipped: number;
  readonly connections: number;
  /** Minimum in each quarter of the time, on the node that is never killed. */
  readonly memory: readonly Memory[];
  /** Time from the last fault until all maps were correct. */
  readonly rightAfterMs: number;
}
