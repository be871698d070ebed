import { classifyDbError } from '../../platform/database/db-errors.ts';
import { BusyError, ReadOnlyError, SelloutError } from '../../platform/errors.ts';
import { isGraphQLError } from './errors.ts';
import { isFirstOfRequest } from '../engine/log-once.ts';
import type { MaskContext } from '../engine/mask-error.ts';

/*
 * For mutations that ask the database themselves, not through the group commit: where it can't be asked, the result
 * union has a member for that, and the log has the cause. Anything else that goes wrong passes as it is.
 */

/** What a mutation reads before it changes anything. */
export function beforeChange<T>(ctx: MaskContext, work: () => Promise<T>): Promise<T> {
  return refusing(ctx, work, () => false);
}

/** The change itself: one statement, or one transaction. A connection that broke may have broken after COMMIT. */
export function changing<T>(ctx: MaskContext, work: () => Promise<T>): Promise<T> {
  return refusing(ctx, work, (kind) => kind === 'connection');
}

async function refusing<T>(
  ctx: MaskContext,
  work: () => Promise<T>,
  outcomeUnknown: (kind: 'transient' | 'connection' | 'exhausted') => boolean,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Their messages may quote what the caller sent, and so read like any error.
    if (error instanceof SelloutError || isGraphQLError(error)) throw error;
    const kind = classifyDbError(error);
    if (kind === 'permanent') throw error;
    if (isFirstOfRequest(ctx.requestId, error))
      ctx.logger.warn({ err: error, requestId: ctx.requestId }, 'mutation refused: database unavailable');
    if (kind === 'readOnly') throw new ReadOnlyError();
    throw outcomeUnknown(kind) ? BusyError.outcomeUnknown() : new BusyError();
  }
}
