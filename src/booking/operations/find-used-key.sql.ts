import { hashIdempotencyKey } from '../../platform/idempotency-key.ts';
import { sql, type PrismaClient } from '../../platform/database/db.ts';
import type { KeyedOperation } from '../rules/model.ts';

/**
 * Returns whether a call of the buyer with this idempotency key has succeeded, without a lock: a call in progress has not.
 *
 * @throws {InvalidInputError} for a key that is empty or longer than 255 characters.
 */
export async function isKeyUsed(
  db: PrismaClient,
  eventId: number,
  buyerId: string,
  operation: KeyedOperation,
  key: string,
): Promise<boolean> {
  const { keyHash } = hashIdempotencyKey(key, null);
  // guard: used-key-owner
  const rows = await db.$queryRaw<unknown[]>(sql`/* isKeyUsed */
    SELECT FROM idempotency_keys WHERE event_id = ${eventId} AND buyer_id = ${buyerId}::uuid AND operation = ${operation}
      AND key_hash = decode(${keyHash}, 'hex')`);
  return rows.length > 0;
}
