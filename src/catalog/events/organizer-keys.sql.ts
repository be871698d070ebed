import type { HashedKey } from '../../platform/idempotency-key.ts';
import { sql, type PrismaClient, type Tx } from '../../platform/database/db.ts';

/** Operations with idempotency keys. Each organizer has separate keys for each operation. */
export type KeyedOperation = 'createEvent';

/** Reads what a call with the key has created; null if none has succeeded. */
export async function readOrganizerKey(
  db: PrismaClient,
  organizerId: string,
  operation: KeyedOperation,
  keyHash: string,
): Promise<{ readonly inputHash: string; readonly eventId: number } | null> {
  // guard: organizer-key-owner
  const [row] = await db.$queryRaw<{ inputHash: string; eventId: number }[]>(sql`/* readOrganizerKey */
    SELECT encode(input_hash, 'hex') AS "inputHash", event_id AS "eventId" FROM organizer_keys
    WHERE organizer_id = ${organizerId}::uuid AND operation = ${operation} AND key_hash = decode(${keyHash}, 'hex')`);
  return row ?? null;
}

/**
 * Records that a call with the key has created the event. Waits for a concurrent transaction with the same key. Returns
 * false if the key is taken.
 */
export async function insertOrganizerKey(
  tx: Tx,
  organizerId: string,
  operation: KeyedOperation,
  { keyHash, inputHash }: HashedKey,
  eventId: number,
): Promise<boolean> {
  const inserted = await tx.$executeRaw(sql`/* insertOrganizerKey */
    INSERT INTO organizer_keys (organizer_id, operation, key_hash, input_hash, event_id)
    VALUES (${organizerId}::uuid, ${operation}, decode(${keyHash}, 'hex'), decode(${inputHash}, 'hex'), ${eventId}::int)
    ON CONFLICT (organizer_id, operation, key_hash) DO NOTHING`);
  return inserted === 1;
}
