import { randomUUID } from 'node:crypto';
import { classifyDbError } from '../../platform/database/db-errors.ts';
import type { PrismaClient } from '../../platform/database/db.ts';
import { withRootSpan } from '../../platform/observability/tracing.ts';
import type { Writes } from '../../platform/service/service-monitor.ts';
import { announce, type AnnounceContext } from '../batch/announce.ts';
import { BatchAbandonedError, CommitUnknownError, StaleRulesError } from '../batch/batch-errors.ts';
import { runBatchToTheEnd } from '../batch/run-batch.ts';

export interface ExpiryContext extends AnnounceContext {
  readonly db: PrismaClient;
  readonly defaultHoldTtlMs: number;
  readonly writes?: Writes | undefined;
}

export interface Expiry {
  readonly eventId: number;
  /** Maximum wait for a lock; null for the session's own. */
  readonly lockTimeoutMs: number | null;
  /** Called for a hold that cannot be expired. Throws if there are too many of them. */
  onCorrupt(bookingId: string, error: unknown): void;
}

const EXPIRY_DEADLINE_MS = 10_000;

/**
 * Expires overdue holds of one event in one batch, and announces the change. Skips seats that another transaction has
 * locked (`SKIP LOCKED`): that transaction expires the booking, or the next sweep does. Any number of sweepers can run
 * at once.
 *
 * If a corrupt hold fails the batch, the batch is halved until that hold is alone. All others are expired.
 *
 * @returns the number of expired holds.
 * @throws if the event cannot be swept now.
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
    if (!isPermanent(error)) throw error; // guard: sweep-halved
    if (bookingIds.length === 1) {
      expiry.onCorrupt(first, error);
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
  const input = {
    eventId,
    batchId: randomUUID(),
    commands,
    neighbors: new Map(),
    contested: [],
    skipLocked: true,
  };
  const { defaultHoldTtlMs, writes } = ctx;
  const settings = { defaultHoldTtlMs, deadlineMs: EXPIRY_DEADLINE_MS, lockTimeoutMs, writes };
  const span = () => ({
    name: 'expire holds',
    attributes: { 'sellout.event.id': eventId, 'sellout.batch.commands': commands.length },
  });
  return withRootSpan(span, async () => {
    const result = await runBatchToTheEnd(ctx.db, input, settings, ctx.logger);
    announce(ctx, eventId, result); // guard: expiry-without-publish-wait
    return result.changes.changedBookings.length;
  });
}

/** Returns whether the same batch would fail again, so that one of its holds may be the cause. */
function isPermanent(error: unknown): boolean {
  const retryable = [StaleRulesError, BatchAbandonedError, CommitUnknownError];
  return !retryable.some((type) => error instanceof type) && classifyDbError(error) === 'permanent';
}
