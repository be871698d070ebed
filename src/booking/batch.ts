import type { Changes, Command, Outcome } from './model.ts';

export interface BatchInput {
  readonly eventId: number;
  readonly batchId: string;
  readonly commands: readonly Command[];
  /** The sweeper's: leave seats alone that somebody else is at. */
  readonly skipLocked: boolean;
}

export interface BatchResult {
  readonly outcomes: readonly Outcome[];
  readonly changes: Changes;
  /** The event's version after the batch; null where it changed no seat and no booking. */
  readonly version: number | null;
}
