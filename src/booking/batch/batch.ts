import type { Outage } from '../../platform/service/outages.ts';
import type { Neighbors } from '../../seating/rows/neighbors.ts';
import type { Command } from '../rules/commands.ts';
import type { Changes } from '../rules/model.ts';
import type { Outcome } from '../rules/draft.ts';

export interface BatchInput {
  readonly eventId: number;
  readonly batchId: string;
  readonly commands: readonly Command[];
  /** Neighbors of the seats around those that the commands name; empty if the event allows orphans. */
  readonly neighbors: ReadonlyMap<number, Neighbors>;
  /** Named seats that may be held by an overdue booking with other seats, which are then locked, too. */
  readonly contested: readonly number[];
  /** True for the sweeper, which skips seats that another transaction has locked. */
  readonly skipLocked: boolean;
}

export interface BatchResult {
  /** The outcome of each command, in the order of the commands. */
  readonly outcomes: readonly Outcome[];
  readonly changes: Changes;
  /** The outages that the batch was decided with. */
  readonly outages: readonly Outage[];
  readonly batchId: string;
  /** Null if the event does not exist. */
  readonly clock: ClockReading | null;
  /** Null if the batch changed no seat and no booking. */
  readonly raised: RaisedVersion | null;
}

/** The database's clock as the batch read it under its locks, and this process's monotonic clock at that moment. */
interface ClockReading {
  readonly databaseMs: number;
  readonly monotonicMs: number;
}

/** The version that a batch gave the event. */
export interface RaisedVersion {
  readonly version: number;
  /** The batch that made the previous version. */
  readonly previousBatchId: string;
}

/** Progress of a batch. COMMIT lies between `versioned` and `committed`; responses are sent after `published`. */
export type BatchStep =
  'planned' | 'locked' | 'decided' | 'written' | 'versioned' | 'committed' | 'published';

export type OnBatchStep = (step: BatchStep) => void;
