import { sql, type PrismaClient } from '../platform/db.ts';

const PRUNE_BATCH_MAX = 5_000;
/** Keys are kept a day at least; the second day is for clocks, queues and phones that come back late. */
const KEYS_KEPT_HOURS = 48;

/**
 * Deletes change records older than `historyDays` and idempotency keys older than two days, a bounded number at a time.
 *
 * @returns whether there may be more to delete now.
 */
export async function pruneHistory(db: PrismaClient, historyDays: number): Promise<boolean> {
  const changes = await db.$executeRaw(sql`/* pruneChanges */
    DELETE FROM event_changes c USING (
      SELECT event_id, version FROM event_changes
      WHERE committed_at < now() - make_interval(days => ${historyDays}::int)
      ORDER BY committed_at LIMIT ${PRUNE_BATCH_MAX} FOR UPDATE SKIP LOCKED) AS old
    WHERE c.event_id = old.event_id AND c.version = old.version`);
  const keys = await db.$executeRaw(sql`/* pruneKeys */
    DELETE FROM idempotency_keys k USING (
      SELECT event_id, buyer_id, operation, key_hash FROM idempotency_keys
      WHERE created_at < now() - make_interval(hours => ${KEYS_KEPT_HOURS}::int)
      ORDER BY created_at LIMIT ${PRUNE_BATCH_MAX} FOR UPDATE SKIP LOCKED) AS old
    WHERE k.event_id = old.event_id AND k.buyer_id = old.buyer_id AND k.operation = old.operation
      AND k.key_hash = old.key_hash`);
  return changes === PRUNE_BATCH_MAX || keys === PRUNE_BATCH_MAX;
}
