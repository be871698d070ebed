import type { PrismaClient } from '../../platform/database/db.ts';
import { pause } from '../../platform/pause.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import { classifyDbError } from '../../platform/database/db-errors.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { CommitUnknownError } from './batch-errors.ts';
import { findBatch } from './batch-writes.sql.ts';
import type { BatchInput, BatchResult } from './batch.ts';
import { runBatch, type BatchSettings } from './run-batch.ts';

const ASK_MAX_MS = 5_000;
const ASK_EVERY_MS = 200;
/** Of one question: longer than its lock_timeout, so that a lost batch which still stands in the way has ended. */
const ANSWER_MAX_MS = 4_000;

/**
 * Runs a batch, and finds out what became of it where the connection broke in COMMIT.
 *
 * @throws {CommitUnknownError} only where the database could not be asked; any other error means that nothing happened.
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
 * Asks the database, anew and for at most five seconds, what became of a batch whose connection broke in COMMIT.
 *
 * @returns the batch's result where it is committed.
 * @throws the original cause where it is certain that it is not (to be tried again); the CommitUnknownError where the
 *   database could not be asked.
 */
async function resolveUnknownCommit(
  db: PrismaClient,
  unknown: CommitUnknownError,
  logger: Logger,
): Promise<BatchResult> {
  const { eventId, batchId } = unknown.input;
  const giveUpAt = performance.now() + ASK_MAX_MS;
  for (;;) {
    try {
      const asked = db.$transaction((tx) => findBatch(tx, eventId, unknown.version, batchId));
      const found = await withTimeout(
        asked,
        ANSWER_MAX_MS,
        () => new Error('Connection terminated: no response in time'),
      );
      logger.warn({ eventId, batchId, committed: found }, 'resolved the outcome of an unknown COMMIT');
      if (found) return unknown.result;
      throw unknown.cause;
    } catch (error) {
      if (error === unknown.cause) throw error;
      if (classifyDbError(error) === 'permanent' || performance.now() >= giveUpAt) throw unknown;
      await pause(ASK_EVERY_MS);
    }
  }
}
