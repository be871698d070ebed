import { randomUUID } from 'node:crypto';
import type { PrismaClient } from '../../platform/database/db.ts';
import { classifyDbError } from '../../platform/database/db-errors.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import type { PubSub } from '../../messaging/pubsub.ts';
import { BatchAbandonedError, CommitUnknownError, StaleRulesError } from '../batch/batch-errors.ts';
import { changeMessage } from '../batch/change-message.ts';
import { runBatchToTheEnd } from '../batch/resolve-unknown-commit.ts';

export interface ExpiryContext {
  readonly db: PrismaClient;
  readonly pubsub: PubSub;
  readonly logger: Logger;
  readonly defaultHoldTtlMs: number;
}

export interface Expiry {
  readonly eventId: number;
  /** How long to wait for a lock; null: as long as the session allows. */
  readonly lockTimeoutMs: number | null;
  /** Called for a hold that can't be written down, whatever is done; throws when there are too many. */
  damaged(bookingId: string, error: unknown): void;
}

const SWEEP_DEADLINE_MS = 10_000;

/**
 * Writes down holds of one event whose time has run out, in one batch, and publishes it. Seats that somebody is at are
 * skipped (`SKIP LOCKED`): whoever is there ends the overdue booking, or the next round does. Safe with any number of
 * sweepers at once.
 *
 * If a damaged hold fails the batch, it is halved until the hold stands alone; all others are written down.
 *
 * @returns how many were written down.
 * @throws if the event can't be swept now.
 */
export async function expireTogether(
  ctx: ExpiryContext,
  expiry: Expiry,
  bookingIds: readonly string[],
): Promise<number> {
  const [first] = bookingIds;
  if (first === undefined) return 0;
  try {
    return await expireBatch(ctx, expiry, bookingIds);
  } catch (error) {
    if (!isLasting(error)) throw error; // guard: sweep-halved
    if (bookingIds.length === 1) {
      expiry.damaged(first, error);
      return 0;
    }
  }
  const middle = bookingIds.length >> 1;
  const expired = await expireTogether(ctx, expiry, bookingIds.slice(0, middle));
  return expired + (await expireTogether(ctx, expiry, bookingIds.slice(middle)));
}

async function expireBatch(
  ctx: ExpiryContext,
  { eventId, lockTimeoutMs }: Expiry,
  bookingIds: readonly string[],
): Promise<number> {
  const commands = bookingIds.map((bookingId) => ({ kind: 'expire' as const, bookingId }));
  const input = { eventId, batchId: randomUUID(), commands, neighbours: new Map(), skipLocked: true };
  const { defaultHoldTtlMs } = ctx;
  const settings = { defaultHoldTtlMs, deadlineMs: SWEEP_DEADLINE_MS, lockTimeoutMs };
  const result = await runBatchToTheEnd(ctx.db, input, settings, ctx.logger);
  if (result.version === null) return 0;
  // Not waited for: each would take seconds with a Redis that hangs, and the holds of further events would stand so long.
  void ctx.pubsub.publishSeatsChanged(changeMessage(eventId, result)); // guard: expiry-without-publish-wait
  return result.changes.changedBookings.length;
}

/** Whether the same batch would fail again, so that one of its holds may be the reason. */
function isLasting(error: unknown): boolean {
  const passing = [StaleRulesError, BatchAbandonedError, CommitUnknownError];
  return !passing.some((type) => error instanceof type) && classifyDbError(error) === 'permanent';
}
