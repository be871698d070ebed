import { randomUUID } from 'node:crypto';
import type { PrismaClient } from '../platform/db.ts';
import { dbErrorKind } from '../platform/db-errors.ts';
import { BusyError, ReadOnlyError } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';
import type { SeatChoice } from '../seating/best-available.ts';
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
  /**
   * Chooses seats for each request, no seat twice and none of `taken`; an empty list where there are none. `exact`: from
   * the database, not from memory.
   */
  chooseSeats(
    eventId: number,
    requests: readonly SeatChoice[],
    taken: ReadonlySet<number>,
    exact: boolean,
  ): Promise<readonly (readonly number[])[]>;
  /** Called once a batch is committed. */
  committed(eventId: number, result: BatchResult): void;
  readonly neighboursOf: NeighboursOf;
  readonly onStep?: OnBatchStep | undefined;
}

/** Longer than the server's own transaction_timeout, so that PostgreSQL is the one to end a stuck batch. */
const BATCH_DEADLINE_MS = 10_000;
const RETRY_DELAY_MS = 50;

export function createExecuteBatch(ctx: BatchContext): ExecuteBatch {
  return async (eventId, batch) => {
    try {
      const commands = await withChosenSeats(ctx, eventId, batch);
      const result = await commit(ctx, eventId, commands);
      return settle(batch, result);
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

/** The commands of a batch, with the server's choice for those that leave it to the server. */
async function withChosenSeats(
  ctx: BatchContext,
  eventId: number,
  batch: readonly Pending[],
): Promise<Command[]> {
  const isChoosing = ({ choice, conflicted }: Pending) =>
    choice !== null && (choice.when === 'always' || conflicted);
  const choosing = batch.flatMap((pending) => (isChoosing(pending) ? (pending.choice?.seats ?? []) : []));
  if (choosing.length === 0) return batch.map((pending) => pending.command);
  const named = new Set(
    batch.flatMap((pending) =>
      isChoosing(pending) ? [] : pending.command.kind === 'hold' ? pending.command.named : [],
    ),
  );
  const chosen = await ctx.chooseSeats(
    eventId,
    choosing,
    named,
    batch.some(({ misled }) => misled),
  );
  const byRequest = new Map(choosing.map((request, i) => [request, chosen[i] ?? []]));
  return batch.map(({ command, choice }) => {
    const seats = choice === null ? undefined : byRequest.get(choice.seats);
    return command.kind === 'hold' && seats !== undefined ? { ...command, chosen: seats } : command;
  });
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
