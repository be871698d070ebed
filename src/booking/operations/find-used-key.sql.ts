import { sql, type PrismaClient } from '../../platform/database/db.ts';
import type { Key } from '../rules/model.ts';

/** Returns whether a call of the buyer with this idempotency key has succeeded, without a lock: a call in progress has not. */
export async function isKeyUsed(
  db: PrismaClient,
  eventId: number,
  buyerId: string,
  { operation, keyHash }: Pick<Key, 'operation' | 'keyHash'>,
): Promise<boolean> {
  // guard: used-key-owner
  const rows = await db.$queryRaw<unknown[]>(sql`/* isKeyUsed */
    SELECT FROM idempotency_keys WHERE event_id = ${eventId} AND buyer_id = ${buyerId}::uuid AND operation = ${operation}
      AND key_hash = decode(${keyHash}, 'hex')`);
  return rows.length > 0;
}
