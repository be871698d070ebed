import type { FaultCounts } from '../torture/cluster/inject-faults.ts';
import type { CatchUps } from './catch-up.ts';
import type { CrowdCounts } from './crowd.ts';
import type { Memory } from './memory.ts';

export interface ChaosResult {
  /** What must not be: wrong maps, messages that did not connect, processes that ended, and all of the verdict. */
  readonly breaches: readonly string[];
  readonly seconds: number;
  readonly faults: FaultCounts;
  readonly requests: CrowdCounts;
  readonly catchUps: CatchUps;
  readonly version: number;
  readonly messages: number;
  readonly snapshots: number;
  readonly resumed: number;
  /** Of those that the nodes remember: one that was killed counts anew. */
  readonly skipped: number;
  readonly connections: number;
  /** The least in each quarter of the time, of the node that nobody kills. */
  readonly memory: readonly Memory[];
  /** From the last fault to the last right map. */
  readonly rightAfterMs: number;
}
