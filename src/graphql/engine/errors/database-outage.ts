import { classifyDbError } from '../../../platform/database/db-errors.ts';
import { BusyError, ReadOnlyError, SelloutError } from '../../../platform/errors.ts';
import { isGraphQLError } from './graphql-error.ts';
import { logOncePerRequest, type RequestLog } from './log-once-per-request.ts';

/*
 * For mutations that query the database themselves instead of through the group commit. If the database is unavailable,
 * they return the member of their result union that says so, and the log has the cause. Every other error passes unchanged.
 */

/**
 * Runs the reads of a mutation that come before its change.
 *
 * @throws {BusyError} or {ReadOnlyError} if the database is unavailable.
 */
export function readOrBusy<T>(log: RequestLog, work: () => Promise<T>): Promise<T> {
  return convertOutage(log, work, () => false);
}

/**
 * Runs the change of a mutation: one statement or one transaction. If the connection breaks, the outcome is unknown,
 * because it may have broken after COMMIT.
 *
 * @throws {BusyError} or {ReadOnlyError} if the database is unavailable.
 */
export function commitOrBusy<T>(log: RequestLog, work: () => Promise<T>): Promise<T> {
  return convertOutage(log, work, (kind) => kind === 'connection');
}

async function convertOutage<T>(
  log: RequestLog,
  work: () => Promise<T>,
  outcomeUnknown: (kind: 'transient' | 'connection' | 'exhausted') => boolean,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // The messages of these errors may quote input that looks like a database error.
    if (error instanceof SelloutError || isGraphQLError(error)) throw error;
    const kind = classifyDbError(error);
    if (kind === 'permanent') throw error;
    logOncePerRequest(log, 'warn', error, 'mutation refused: database unavailable');
    if (kind === 'readOnly') throw new ReadOnlyError();
    throw outcomeUnknown(kind) ? BusyError.outcomeUnknown() : new BusyError();
  }
}
