import { isKeyUsed } from '../../booking/operations/find-used-key.sql.ts';
import type { KeyedOperation } from '../../booking/rules/model.ts';
import type { Database } from '../../platform/database/db.ts';
import { hashIdempotencyKey } from '../../platform/idempotency-key.ts';
import type { Caller } from './caller.ts';

/** Root fields with idempotency keys, and the operation that their keys belong to. A queued hold becomes a direct one. */
const operations: Readonly<Record<string, KeyedOperation>> = {
  holdSeats: 'holdSeats',
  holdBestAvailable: 'holdBestAvailable',
  requestHold: 'holdSeats',
  requestHoldBestAvailable: 'holdBestAvailable',
  confirmBooking: 'confirmBooking',
};

/** The context as far as repeated calls need it. */
export interface RepeatContext extends Pick<Caller, 'viewer'> {
  readonly database: Pick<Database, 'reads'>;
}

/** A call of a root field that has an idempotency key. */
interface KeyedCall {
  readonly operation: string;
  readonly eventId: number | null;
  readonly key: unknown;
}

/**
 * Returns a function that finds out whether a call repeats one that succeeded, whose result it gets whatever the limits say.
 * Returns undefined for calls that cannot repeat another.
 */
export function toRepeatCheck(
  { database, viewer }: RepeatContext,
  { operation: field, eventId, key }: KeyedCall,
): (() => Promise<boolean>) | undefined {
  const operation = operations[field];
  if (operation === undefined || viewer === null || eventId === null || typeof key !== 'string')
    return undefined;
  return async () => {
    try {
      const { keyHash } = hashIdempotencyKey(key, null);
      return await isKeyUsed(database.reads, eventId, viewer.userId, { operation, keyHash });
    } catch {
      // The call stays refused, also because the key is malformed.
      return false;
    }
  };
}
