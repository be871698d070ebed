import { sql, type PrismaClient } from '../../platform/database/db.ts';
import type { Key } from '../rules/model.ts';

/** Returns whether a hold has used this idempotency key. */
export async function isKeyUsed(
  db: PrismaClient,
  eventId: number,
  buyerId: string,
  { operation, keyHash }: Key,
): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>(sql`/* findUsedKey */
    SELECT 1 FROM idempotency_keys WHERE event_id = ${eventId} AND buyer_id = ${buyerId}::uuid
      AND operation = ${operation} AND key_hash = decode(${keyHash}, 'hex')`);
  return rows.length > 0;
}
