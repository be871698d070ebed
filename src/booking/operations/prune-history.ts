import { sql, type PrismaClient } from '../../platform/database/db.ts';

export const PRUNE_BATCH_MAX = 5_000;

/**
 * Deletes change records older than `historyDays`, and idempotency keys whose booking has ended and that are older than
 * two days, a bounded number at a time. Rows are deleted by their place (ctid), which no statistics can turn into a join;
 * they are locked first, so the place still holds.
 *
 * @returns whether there may be more to delete now.
 */
export async function pruneHistory(db: PrismaClient, historyDays: number): Promise<boolean> {
  const changes = await db.$executeRaw(sql`/* pruneChanges */
    DELETE FROM event_changes WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM event_changes
      WHERE committed_at < now() - make_interval(days => ${historyDays}::int)
      ORDER BY committed_at LIMIT ${PRUNE_BATCH_MAX} FOR UPDATE SKIP LOCKED))`);
  return (await pruneKeys(db)) || changes === PRUNE_BATCH_MAX;
}

/**
 * A key is kept two days (column default of `prune_after`) and as long as its booking is a HOLD or CONFIRMED. A key that
 * is due and must be kept is put off by its own age, so that however many keys are kept for long, few are read in vain:
 * each is read again after 2, 4, 8, 16 … days. The status is compared outside: inside, the index on open bookings would
 * serve as well, and be read from end to end for each key.
 */
async function pruneKeys(db: PrismaClient): Promise<boolean> {
  // guard: prune-by-booking-key
  // guard: kept-key-postponed
  // guard: key-of-open-booking-kept
  const [row] = await db.$queryRaw<{ due: number }[]>(sql`/* pruneKeys */
    WITH due AS MATERIALIZED (
      SELECT ctid AS place, event_id, booking_id FROM idempotency_keys
      WHERE prune_after <= now() ORDER BY prune_after LIMIT ${PRUNE_BATCH_MAX} FOR UPDATE SKIP LOCKED),
    judged AS MATERIALIZED (
      SELECT due.place, coalesce(b.status IN ('HOLD', 'CONFIRMED'), false) AS stands
      FROM due LEFT JOIN LATERAL (
        SELECT status FROM bookings WHERE event_id = due.event_id AND id = due.booking_id OFFSET 0) AS b ON true),
    deleted AS (
      DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(SELECT place FROM judged WHERE NOT stands))),
    kept AS (
      UPDATE idempotency_keys SET prune_after = now() + (now() - created_at)
      WHERE ctid = ANY(ARRAY(SELECT place FROM judged WHERE stands)))
    SELECT count(*)::int AS due FROM due`);
  return row?.due === PRUNE_BATCH_MAX;
}
