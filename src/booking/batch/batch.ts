import type { Changes, Command, Neighbours, Outcome } from '../rules/model.ts';

export interface BatchInput {
  readonly eventId: number;
  readonly batchId: string;
  readonly commands: readonly Command[];
  /** The seats next to those that the commands name, where the event forbids orphans. */
  readonly neighbours: ReadonlyMap<number, Neighbours>;
  /** For the sweeper: skips seats that another transaction has locked. */
  readonly skipLocked: boolean;
}

export interface BatchResult {
  readonly outcomes: readonly Outcome[];
  readonly changes: Changes;
  /** The event's version after the batch; null where it changed no seat and no booking. */
  readonly version: number | null;
  readonly batchId: string;
  /** The batch that made the version before; null where `version` is. */
  readonly previousBatchId: string | null;
}

/** How far a batch has come. Between `versioned` and `committed` lies COMMIT; the answers go out after `published`. */
export type BatchStep =
  'planned' | 'locked' | 'decided' | 'written' | 'versioned' | 'committed' | 'published';

/** Told of each step of each batch: to measure it, or, in a test, to end the process there. */
export type OnBatchStep = (step: BatchStep, input: BatchInput) => void;
