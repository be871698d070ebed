import { randomUUID } from 'node:crypto';
import { sql, type PrismaClient } from '../platform/db.ts';
import type { Logger } from '../platform/logger.ts';
import type { PubSub } from '../pubsub/pubsub.ts';
import { changeMessage } from './change-message.ts';
import { runBatchToTheEnd } from './resolve-unknown-commit.ts';

export interface ExpiryContext {
  readonly db: PrismaClient;
  readonly pubsub: PubSub;
  readonly logger: Logger;
  readonly defaultHoldTtlMs: number;
}

/** Holds written down as expired in one batch. */
const SWEEP_BATCH_MAX = 2_000;
const SWEEP_DEADLINE_MS = 10_000;

/**
 * Writes down holds whose time has run out, in set-based batches, and publishes each batch. Seats that somebody is at
 * are skipped (`SKIP LOCKED`): whoever is there ends the overdue booking, or the next round does. Safe with any number
 * of sweepers at once.
 *
 * @returns how many holds were written down, and whether there may be more to do now.
 */
export async function expireHolds(
  ctx: ExpiryContext,
): Promise<{ readonly expired: number; readonly more: boolean }> {
  const overdue = await findOverdue(ctx.db);
  const byEvent = Map.groupBy(overdue, (booking) => booking.event_id);
  let expired = 0;
  for (const [eventId, bookings] of byEvent) {
    try {
      expired += await expireAt(
        ctx,
        eventId,
        bookings.map(({ id }) => id),
      );
    } catch (error) {
      // One event that cannot be swept now must not keep the others from it.
      ctx.logger.error(
        { err: error, eventId, holds: bookings.length },
        'holds not swept; the next round tries again',
      );
    }
  }
  // Where nothing could be done, others are at it: going round again at once would only spin.
  return { expired, more: overdue.length === SWEEP_BATCH_MAX && expired > 0 };
}

async function expireAt(ctx: ExpiryContext, eventId: number, bookingIds: readonly string[]): Promise<number> {
  const commands = bookingIds.map((bookingId) => ({ kind: 'expire' as const, bookingId }));
  const result = await runBatchToTheEnd(
    ctx.db,
    { eventId, batchId: randomUUID(), commands, neighbours: new Map(), skipLocked: true },
    {
      defaultHoldTtlMs: ctx.defaultHoldTtlMs,
      deadlineMs: SWEEP_DEADLINE_MS,
    },
    ctx.logger,
  );
  if (result.version === null) return 0;
  // Not waited for: each would take seconds with a Redis that hangs, and the holds of further events would stand so long.
  void ctx.pubsub.publishSeatsChanged(changeMessage(eventId, result));
  return result.changes.changedBookings.length;
}

async function findOverdue(
  db: PrismaClient,
): Promise<readonly { readonly event_id: number; readonly id: string }[]> {
  return db.$queryRaw(sql`/* findOverdue */
    SELECT event_id, id FROM bookings WHERE status = 'HOLD' AND hold_expires_at <= clock_timestamp()
    ORDER BY hold_expires_at LIMIT ${SWEEP_BATCH_MAX}`);
}
