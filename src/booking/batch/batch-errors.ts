import type { BatchInput, BatchResult } from './batch.ts';

/** The event's status or rules changed while the batch ran. The batch was rolled back and is retried. */
export class StaleRulesError extends Error {
  constructor() {
    super('the event changed while the batch was being decided');
    this.name = 'StaleRulesError';
  }
}

/** The batch exceeded its deadline. Nothing was committed, and no further statement is sent. */
export class BatchAbandonedError extends Error {
  constructor() {
    super('the batch exceeded its deadline');
    this.name = 'BatchAbandonedError';
  }
}

/**
 * COMMIT was sent and not answered, or it stopped waiting for the synchronous standby. Only the database knows whether the
 * batch is committed.
 */
export class CommitUnknownError extends Error {
  readonly input: BatchInput;
  readonly result: BatchResult;
  readonly version: number;

  constructor(input: BatchInput, result: BatchResult, version: number, cause: unknown) {
    super('the outcome of COMMIT is unknown', { cause });
    this.name = 'CommitUnknownError';
    this.input = input;
    this.result = result;
    this.version = version;
  }
}
