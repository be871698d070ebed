import { randomUUID } from 'node:crypto';
import type { PrismaClient } from '../../platform/database/db.ts';
import { classifyDbError } from '../../platform/database/db-errors.ts';
import { BusyError, ReadOnlyError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { pause } from '../../platform/pause.ts';
import type { Chosen, InLine } from '../../seating/best-available/best-available.ts';
import type { BatchResult, OnBatchStep } from './batch.ts';
import { BatchAbandonedError, CommitUnknownError, StaleRulesError } from './batch-errors.ts';
import type { ExecuteBatch, Pending } from './group-commit.ts';
import { BatchPreparation, type NeighboursOf, type PreparedBatch } from './prepare-batch.ts';
import { runBatchToTheEnd } from './resolve-unknown-commit.ts';

export interface BatchContext {
  readonly db: PrismaClient;
  readonly logger: Logger;
  readonly defaultHoldTtlMs: number;
  /** Chooses seats for each wish in line, no seat twice. `exact`: from the database, not from memory. */
  chooseSeats(eventId: number, line: readonly InLine[], exact: boolean): Promise<readonly Chosen[]>;
  /** Called once a batch is committed. */
  committed(eventId: number, result: BatchResult): void;
  readonly neighboursOf: NeighboursOf;
  readonly onStep?: OnBatchStep | undefined;
}

/** Longer than the server's own transaction_timeout, so that PostgreSQL is the one to end a stuck batch. */
const BATCH_DEADLINE_MS = 10_000;
const RETRY_DELAY_MS = 50;

export function createExecuteBatch(ctx: BatchContext): ExecuteBatch {
  const preparation = new BatchPreparation({
    chooseSeats: (...request) => ctx.chooseSeats(...request),
    neighboursOf: ctx.neighboursOf,
    failed: (eventId, pendings, error) => failed(ctx, eventId, pendings, error),
  });
  return async (eventId, batch) => {
    const prepared = await preparation.prepare(eventId, batch);
    const { ready, later } = prepared;
    if (ready.length === 0) return later;
    try {
      return [...settle(ready, await commit(ctx, eventId, prepared)), ...later];
    } catch (error) {
      return [...(await failed(ctx, eventId, ready, error)), ...later];
    }
  };
}

async function commit(
  ctx: BatchContext,
  eventId: number,
  { commands, neighbours }: PreparedBatch,
): Promise<BatchResult> {
  const input = { eventId, batchId: randomUUID(), commands, neighbours, skipLocked: false };
  const settings = {
    defaultHoldTtlMs: ctx.defaultHoldTtlMs,
    deadlineMs: BATCH_DEADLINE_MS,
    onStep: ctx.onStep,
  };
  const result = await runBatchToTheEnd(ctx.db, input, settings, ctx.logger);
  ctx.onStep?.('committed', input);
  if (result.version !== null) announce(ctx, eventId, result);
  ctx.onStep?.('published', input);
  return result;
}

/** Whatever goes wrong once the batch is committed must not make it look like one that failed, and run again. */
function announce(ctx: BatchContext, eventId: number, result: BatchResult): void {
  try {
    ctx.committed(eventId, result);
  } catch (error) {
    // guard: unannounced-commit-succeeds
    ctx.logger.error({ err: error, eventId, version: result.version }, 'committed change not announced');
  }
}

function settle(batch: readonly Pending[], result: BatchResult): Pending[] {
  return batch.filter((pending, i) => {
    const outcome = result.outcomes[i];
    if (outcome === undefined) throw new Error('a command has no outcome');
    if (outcome.kind === 'again') {
      pending.misled ||= outcome.why === 'conflict';
      return true;
    }
    // The named seats are taken: with an alternative allowed that is no refusal yet, but the start of the choosing.
    const unavailable = outcome.kind === 'refused' && outcome.refusal.code === 'SEATS_UNAVAILABLE';
    if (unavailable && pending.choice?.when === 'onConflict' && !pending.conflicted)
      return (pending.conflicted = true);
    pending.settle(outcome);
    return false;
  });
}

/**
 * Handles an error that means that nothing was committed, or that nobody knows, which each command is then told.
 *
 * @returns the commands to retry.
 */
async function failed(
  ctx: BatchContext,
  eventId: number,
  batch: readonly Pending[],
  error: unknown,
): Promise<readonly Pending[]> {
  if (error instanceof CommitUnknownError) return settleAll(batch, () => BusyError.outcomeUnknown());
  const again = error instanceof StaleRulesError || error instanceof BatchAbandonedError;
  const kind = again ? 'transient' : classifyDbError(error);
  const details = { err: error, eventId, commands: batch.length };
  switch (kind) {
    case 'readOnly':
      return settleAll(batch, () => new ReadOnlyError());
    case 'exhausted':
      ctx.logger.error(details, 'booking batch refused: the database server is out of resources');
      return settleAll(batch, () => new BusyError());
    case 'transient':
    case 'connection':
      // Only once a command: while the database is away, each is retried for seconds.
      // guard: retried-command-logged-once
      ctx.logger[batch.every(({ retried }) => retried) ? 'debug' : 'warn'](details, 'retrying booking batch');
      for (const pending of batch) pending.retried = true;
      // Jitter, so that processes that collided do not collide again.
      await pause(RETRY_DELAY_MS * (0.5 + Math.random()));
      return batch;
    case 'permanent':
      ctx.logger.error(details, 'booking batch failed');
      if (batch.length === 1) return settleAll(batch, () => toError(error));
      // One poisonous command must harm no other.
      for (const pending of batch) pending.alone = true; // guard: failed-batch-runs-singly
      return batch;
  }
}

function settleAll(batch: readonly Pending[], error: () => Error): readonly Pending[] {
  for (const pending of batch) pending.settle(error());
  return [];
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
