import { classifyDbError } from '../../platform/database/db-errors.ts';
import type { PrismaClient } from '../../platform/database/db.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { pause } from '../../platform/pause.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import { CommitUnknownError } from './batch-errors.ts';
import { findBatch } from './batch-writes.sql.ts';
import type { BatchInput, BatchResult } from './batch.ts';
import { runBatch, type BatchSettings } from './run-batch.ts';

const RESOLVE_MS_MAX = 5_000;
const RESOLVE_EVERY_MS = 200;
/** Timeout of one attempt. Longer than its lock_timeout, so that a lost batch that still holds its locks has ended. */
const ATTEMPT_MS_MAX = 4_000;

/**
 * Runs a batch. If the connection breaks during COMMIT, asks the database for the outcome.
 *
 * @throws {CommitUnknownError} only if the database could not be asked. After any other error, nothing was changed.
 */
export async function runBatchToTheEnd(
  db: PrismaClient,
  input: BatchInput,
  settings: BatchSettings,
  logger: Logger,
): Promise<BatchResult> {
  try {
    return await runBatch(db, input, settings);
  } catch (error) {
    if (!(error instanceof CommitUnknownError)) throw error;
    return resolveUnknownCommit(db, error, logger);
  }
}

/**
 * Asks the database for at most five seconds whether a batch was committed.
 *
 * @returns the batch's result if it was committed.
 * @throws the original error if it was not (the batch can be retried); the CommitUnknownError if the database could not
 *   be asked.
 */
async function resolveUnknownCommit(
  db: PrismaClient,
  unknown: CommitUnknownError,
  logger: Logger,
): Promise<BatchResult> {
  const { eventId, batchId } = unknown.input;
  const giveUpAt = performance.now() + RESOLVE_MS_MAX;
  for (;;) {
    try {
      const committed = await withTimeout(
        db.$transaction((tx) => findBatch(tx, eventId, unknown.version, batchId)),
        ATTEMPT_MS_MAX,
        () => new Error('Connection terminated: no response in time'),
      );
      logger.warn({ eventId, batchId, committed }, 'resolved the outcome of an unknown COMMIT');
      if (committed) return unknown.result;
      throw unknown.cause;
    } catch (error) {
      if (error === unknown.cause) throw error;
      if (classifyDbError(error) === 'permanent' || performance.now() >= giveUpAt) throw unknown;
      await pause(RESOLVE_EVERY_MS);
    }
  }
}
