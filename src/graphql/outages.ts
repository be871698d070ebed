import { dbErrorKind } from '../platform/db-errors.ts';
import { BusyError, ReadOnlyError, SelloutError } from '../platform/errors.ts';
import { isGraphQLError } from './errors.ts';

/*
 * For mutations that ask the database themselves, not through the group commit: where it can't be asked, the result
 * union has a member for that. Anything else that goes wrong passes as it is.
 */

/** What a mutation reads before it changes anything. */
export function beforeChange<T>(work: () => Promise<T>): Promise<T> {
  return refusing(work, () => false);
}

/** The change itself: one statement, or one transaction. A connection that broke may have broken after COMMIT. */
export function changing<T>(work: () => Promise<T>): Promise<T> {
  return refusing(work, (kind) => kind === 'connection');
}

/** What is read for the answer once the change stands: "nothing happened" would be wrong. */
export function afterChange<T>(work: () => Promise<T>): Promise<T> {
  return refusing(work, () => true);
}

async function refusing<T>(
  work: () => Promise<T>,
  outcomeUnknown: (kind: 'transient' | 'connection') => boolean,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Their messages may quote what the caller sent, and so read like any error.
    if (error instanceof SelloutError || isGraphQLError(error)) throw error;
    const kind = dbErrorKind(error);
    if (kind === 'lasting') throw error;
    throw kind === 'readOnly' ? new ReadOnlyError() : new BusyError(outcomeUnknown(kind));
  }
}
