import { randomUUID } from 'node:crypto';
import type { PrismaClient } from '../platform/db.ts';
import { withDeadline } from '../platform/deadline.ts';
import { dbErrorKind } from '../platform/db-errors.ts';
import { BusyError, ReadOnlyError } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';
import type { Chosen, InLine } from '../seating/best-available.ts';
import type { BatchResult, OnBatchStep } from './batch.ts';
import { BatchAbandonedError, CommitUnknownError, StaleRulesError } from './batch-errors.ts';
import type { ExecuteBatch, Pending } from './group-commit.ts';
import type { Command } from './model.ts';
import { runBatchToTheEnd } from './resolve-unknown-commit.ts';
import type { NeighboursOf } from './run-batch.ts';

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
/** Of the choosing, which mostly reads memory. */
const CHOOSE_MAX_MS = 3_000;
const RETRY_DELAY_MS = 50;

export function createExecuteBatch(ctx: BatchContext): ExecuteBatch {
  return async (eventId, batch) => {
    try {
      const { ready, commands, contested } = await withChosenSeats(ctx, eventId, batch);
      return [...settle(ready, await commit(ctx, eventId, commands)), ...contested];
    } catch (error) {
      return failed(ctx, eventId, batch, error);
    }
  };
}

async function commit(
  ctx: BatchContext,
  eventId: number,
  commands: readonly Command[],
): Promise<BatchResult> {
  const input = { eventId, batchId: randomUUID(), commands, skipLocked: false };
  const settings = {
    defaultHoldTtlMs: ctx.defaultHoldTtlMs,
    deadlineMs: BATCH_DEADLINE_MS,
    neighboursOf: ctx.neighboursOf,
    onStep: ctx.onStep,
  };
  const result = await runBatchToTheEnd(ctx.db, input, settings, ctx.logger);
  ctx.onStep?.('committed', input);
  if (result.version !== null) ctx.committed(eventId, result);
  ctx.onStep?.('published', input);
  return result;
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
 * The commands of a batch, with the server's choice for those that leave it to the server. What those ahead may get is
 * withheld from those behind: where nothing else is left for one, it waits for the next batch, in which it is known.
 */
async function withChosenSeats(ctx: BatchContext, eventId: number, batch: readonly Pending[]) {
  const isChoosing = ({ choice, conflicted }: Pending) =>
    choice !== null && (choice.when === 'always' || conflicted);
  const line = batch.map((pending): InLine => {
    if (pending.choice !== null && isChoosing(pending)) return { wish: pending.choice.seats };
    return { named: pending.command.kind === 'hold' ? pending.command.named : [] };
  });
  const commands = batch.map((pending) => pending.command);
  if (!line.some((place) => 'wish' in place)) return { ready: batch, commands, contested: [] };

  const misled = batch.some((pending) => pending.misled);
  const choosing = withDeadline(
    ctx.chooseSeats(eventId, line, misled),
    CHOOSE_MAX_MS,
    () => new BatchAbandonedError(),
  );
  const chosen = (await choosing).values();
  const ready: Pending[] = [];
  const contested: Pending[] = [];
  const decided: Command[] = [];
  for (const pending of batch) {
    const choice = isChoosing(pending) ? chosen.next().value : undefined;
    if (choice?.contested === true) {
      contested.push(pending);
      continue;
    }
    ready.push(pending);
    const { command } = pending;
    decided.push(
      command.kind === 'hold' && choice !== undefined ? { ...command, chosen: choice.seats } : command,
    );
  }
  return { ready, commands: decided, contested };
}

/** Whatever made the batch fail, nothing of it was committed (or nobody knows, and then everybody is told so). */
async function failed(
  ctx: BatchContext,
  eventId: number,
  batch: readonly Pending[],
  error: unknown,
): Promise<readonly Pending[]> {
  if (error instanceof CommitUnknownError) return settleAll(batch, () => new BusyError(true));
  const again = error instanceof StaleRulesError || error instanceof BatchAbandonedError;
  const kind = again ? 'transient' : dbErrorKind(error);
  switch (kind) {
    case 'readOnly':
      return settleAll(batch, () => new ReadOnlyError());
    case 'transient':
    case 'connection':
      ctx.logger.warn({ err: error, eventId, commands: batch.length }, 'booking batch is tried again');
      // Jitter, so that processes that collided do not collide again.
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS * (0.5 + Math.random())));
      return batch;
    case 'lasting':
      ctx.logger.error({ err: error, eventId, commands: batch.length }, 'booking batch failed');
      return batch.length === 1 ? settleAll(batch, () => asError(error)) : oneByOne(ctx, eventId, batch);
  }
}

/** One poisonous command must harm no other: each runs alone, in its order. */
async function oneByOne(
  ctx: BatchContext,
  eventId: number,
  batch: readonly Pending[],
): Promise<readonly Pending[]> {
  const execute = createExecuteBatch(ctx);
  const again: Pending[] = [];
  for (const pending of batch) again.push(...(await execute(eventId, [pending])));
  return again;
}

function settleAll(batch: readonly Pending[], error: () => Error): readonly Pending[] {
  for (const pending of batch) pending.settle(error());
  return [];
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
