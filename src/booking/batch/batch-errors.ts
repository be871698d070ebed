import type { BatchInput, BatchResult } from './batch.ts';

/** The event's status changed between the plan and the version's UPDATE: rolled back, to be run again. */
export class StaleRulesError extends Error {
  constructor() {
    super('the event changed while the batch was being decided');
    this.name = 'StaleRulesError';
  }
}

/** The batch took longer than it may; nothing of it was committed, and nothing more of it is sent. */
export class BatchAbandonedError extends Error {
  constructor() {
    super('the batch exceeded its deadline');
    this.name = 'BatchAbandonedError';
  }
}

/** COMMIT was sent and no answer came: only the database can tell what happened. */
export class CommitUnknownError extends Error {
  readonly input: BatchInput;
  readonly result: BatchResult;
  readonly version: number;

  constructor(input: BatchInput, result: BatchResult, version: number, cause: unknown) {
    super('the connection was lost during COMMIT', { cause });
    this.name = 'CommitUnknownError';
    this.input = input;
    this.result = result;
    this.version = version;
  }
}
