import { randomUUID } from 'node:crypto';
import { classifyDbError, getSqlState } from '../../platform/database/db-errors.ts';
import type { PrismaClient } from '../../platform/database/db.ts';
import { BusyError, ReadOnlyError } from '../../platform/errors.ts';
import { metrics } from '../../platform/observability/metrics.ts';
import { withSpan } from '../../platform/observability/tracing.ts';
import { pause } from '../../platform/pause.ts';
import type { WriteObserver } from '../../platform/service/write-signals.ts';
import { announce, type AnnounceContext } from './announce.ts';
import { BatchAbandonedError, CommitUnknownError, StaleRulesError } from './batch-errors.ts';
import type { BatchResult, BatchStep, OnBatchStep } from './batch.ts';
import type { ExecuteBatch, Pending } from './group-commit.ts';
import { BatchPreparation, type PreparationContext, type PreparedBatch } from './prepare-batch.ts';
import { runBatchToTheEnd } from './run-batch.ts';

export interface BatchContext extends AnnounceContext, Omit<PreparationContext, 'onReadError'> {
  readonly db: PrismaClient;
  readonly defaultHoldTtlMs: number;
  readonly writes?: WriteObserver | undefined;
  /** Called after each step of each batch; for tests. */
  readonly onStep?: OnBatchStep | undefined;
}

/** Longer than the session's transaction_timeout, so that PostgreSQL is the one to end a stuck batch. */
const BATCH_DEADLINE_MS = 10_000;
const RETRY_DELAY_MS = 50;

/** Returns the function that runs a batch: prepares its commands, commits them, announces the changes. */
export function createExecuteBatch(ctx: BatchContext): ExecuteBatch {
  const preparation = new BatchPreparation({
    bestAvailable: ctx.bestAvailable,
    eventLayouts: ctx.eventLayouts,
    onReadError: (eventId, pendings, error) => handleFailure(ctx, eventId, pendings, error),
  });
  const run: ExecuteBatch = async (eventId, batch) => {
    const startedAt = performance.now();
    const prepared = await preparation.prepare(eventId, batch);
    const executed = await execute(ctx, eventId, prepared);
    const retry = [...executed.retry, ...prepared.later];
    metrics.batchSeconds.observe((performance.now() - startedAt) / 1000);
    metrics.batchCommands.observe(batch.length);
    const notCommitted = retry.length > 0 ? 'retried' : 'failed';
    metrics.batches.inc({ outcome: executed.committed ? 'committed' : notCommitted });
    return retry;
  };
  return (eventId, batch) =>
    withSpan(
      () => ({
        name: 'batch',
        links: batch.flatMap(({ request }) => request?.trace ?? []),
        attributes: { 'sellout.event.id': eventId, 'sellout.batch.commands': batch.length },
      }),
      () => run(eventId, batch),
    );
}

/** The phase that ends with a step; null if the phase continues. */
const phases: Readonly<Record<BatchStep, string | null>> = {
  planned: 'plan',
  locked: 'lock',
  decided: 'decide',
  written: null,
  versioned: 'write',
  committed: 'commit',
  published: null,
};

interface Executed {
  readonly committed: boolean;
  /** Commands for the next batch. */
  readonly retry: readonly Pending[];
}

async function execute(ctx: BatchContext, eventId: number, prepared: PreparedBatch): Promise<Executed> {
  const { ready } = prepared;
  if (ready.length === 0) return { committed: false, retry: [] };
  let result: BatchResult;
  try {
    result = await commit(ctx, eventId, prepared);
  } catch (error) {
    return { committed: false, retry: await handleFailure(ctx, eventId, ready, error) };
  }
  return { committed: true, retry: settle(ready, result) };
}

async function commit(
  ctx: BatchContext,
  eventId: number,
  { commands, neighbors, contested }: PreparedBatch,
): Promise<BatchResult> {
  const input = { eventId, batchId: randomUUID(), commands, neighbors, contested, skipLocked: false };
  let phaseStartedAt = performance.now();
  const onStep: OnBatchStep = (step) => {
    const phase = phases[step];
    if (phase !== null) {
      const now = performance.now();
      metrics.batchPhaseSeconds.observe({ phase }, (now - phaseStartedAt) / 1000);
      phaseStartedAt = now;
    }
    ctx.onStep?.(step);
  };
  const { defaultHoldTtlMs, writes } = ctx;
  const settings = { defaultHoldTtlMs, deadlineMs: BATCH_DEADLINE_MS, onStep, writes };
  const result = await runBatchToTheEnd(ctx.db, input, settings, ctx.logger);
  onStep('committed');
  announce(ctx, eventId, result);
  onStep('published');
  return result;
}

/** Settles the commands that are decided, and returns the others. */
function settle(batch: readonly Pending[], result: BatchResult): readonly Pending[] {
  return batch.filter((pending, i) => {
    const outcome = result.outcomes[i];
    if (outcome === undefined) throw new Error('a command has no outcome');
    if (outcome.kind === 'retry') {
      pending.staleMap ||= outcome.why === 'conflict';
      pending.contested ||= outcome.why === 'unlocked'; // guard: contested-seats-searched
      return true;
    }
    // The named seats are taken. If the caller accepts an alternative, the server chooses one for the next batch.
    const unavailable = outcome.kind === 'refused' && outcome.refusal.code === 'SEATS_UNAVAILABLE';
    if (unavailable && pending.choice?.when === 'onConflict' && !pending.conflicted)
      return (pending.conflicted = true);
    pending.settle(outcome);
    return false;
  });
}

/**
 * Handles an error after which nothing is committed, or the outcome is unknown. If it is unknown, each caller gets an error
 * that says so.
 *
 * @returns the commands to retry.
 */
async function handleFailure(
  ctx: BatchContext,
  eventId: number,
  batch: readonly Pending[],
  error: unknown,
): Promise<readonly Pending[]> {
  if (error instanceof CommitUnknownError) return settleAll(batch, () => BusyError.outcomeUnknown());
  const retryable = error instanceof StaleRulesError || error instanceof BatchAbandonedError;
  const kind = retryable ? 'transient' : classifyDbError(error);
  const details = { err: error, eventId, commands: batch.length };
  switch (kind) {
    case 'readOnly':
      return settleAll(batch, () => new ReadOnlyError());
    case 'exhausted':
      ctx.logger.error(details, 'booking batch refused: the database server is out of resources');
      return settleAll(batch, () => new BusyError());
    case 'transient':
    case 'connection':
      // Each command warns once: while the database is unavailable, it is retried for seconds.
      // guard: retried-command-logged-once
      ctx.logger[batch.every(({ retried }) => retried) ? 'debug' : 'warn'](details, 'retrying booking batch');
      for (const pending of batch) pending.retried = true;
      metrics.batchRetries.inc({ sqlstate: describeRetry(error) });
      // Jitter, so that processes that collided do not collide again.
      await pause(RETRY_DELAY_MS * (0.5 + Math.random()));
      return batch;
    case 'permanent':
      ctx.logger.error(details, 'booking batch failed');
      if (batch.length === 1) return settleAll(batch, () => toError(error));
      // Run each command alone, so that one that always fails does not fail the others.
      for (const pending of batch) pending.alone = true; // guard: failed-batch-runs-singly
      return batch;
  }
}

/** Returns the label of a retry: its SQLSTATE, or what else caused it. */
function describeRetry(error: unknown): string {
  if (error instanceof StaleRulesError) return 'stale_rules';
  if (error instanceof BatchAbandonedError) return 'timeout';
  return getSqlState(error) ?? 'connection';
}

function settleAll(batch: readonly Pending[], error: () => Error): readonly Pending[] {
  for (const pending of batch) pending.settle(error());
  return [];
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
