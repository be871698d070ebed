import type { PrismaClient } from '../../platform/database/db.ts';
import type { BookingContext } from './submit.ts';
import { findHolds, type ReleaseHoldsRule } from './find-holds.sql.ts';

/** Maximum number of holds that one call releases. */
export const HOLDS_RELEASED_MAX = 500;

export interface ReleasedHolds {
  readonly count: number;
  readonly hasMore: boolean;
}

/**
 * Releases the holds of an event that match a rule, oldest first, for its organizer. Each is released by itself, as its
 * buyer would release it: one that was confirmed or has expired meanwhile is left alone.
 *
 * @throws {SelloutError} Busy, ReadOnly; some holds may have been released then.
 */
export async function releaseHolds(
  ctx: Pick<BookingContext, 'groupCommit'> & { readonly db: PrismaClient },
  rule: ReleaseHoldsRule,
): Promise<ReleasedHolds> {
  const found = await findHolds(ctx.db, rule, HOLDS_RELEASED_MAX + 1);
  const outcomes = await Promise.all(
    found.slice(0, HOLDS_RELEASED_MAX).map(({ bookingId, buyerId }) => {
      const command = { kind: 'release', bookingId, buyerId } as const;
      return ctx.groupCommit.submit(rule.eventId, { command, choice: null });
    }),
  );
  const count = outcomes.filter(({ kind }) => kind === 'done').length;
  return { count, hasMore: found.length > HOLDS_RELEASED_MAX };
}
