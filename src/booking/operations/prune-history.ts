import { sql, type PrismaClient } from '../../platform/database/db.ts';

export const PRUNE_BATCH_MAX = 5_000;

/**
 * Deletes change records older than `historyDays`, outcomes of queued holds older than two days, and idempotency keys as
 * old whose booking has ended, a bounded number at a time.
 *
 * Rows are locked and then deleted by ctid, which statistics cannot turn into a join. A ctid is unique in a partition only, so
 * the partition is compared as well. `IS TRUE` keeps the planner from making a join of that comparison.
 *
 * @returns whether there may be more to delete now.
 */
export async function pruneHistory(db: PrismaClient, historyDays: number): Promise<boolean> {
  // guard: changes-pruned-in-partition
  const changes = await db.$executeRaw(sql`/* pruneChanges */
    WITH due AS MATERIALIZED (
      SELECT tableoid AS partition, ctid AS place FROM event_changes
      WHERE committed_at < now() - make_interval(days => ${historyDays}::int)
      ORDER BY committed_at LIMIT ${PRUNE_BATCH_MAX} FOR UPDATE SKIP LOCKED)
    DELETE FROM event_changes WHERE ctid = ANY(ARRAY(SELECT place FROM due))
      AND ((tableoid, ctid) IN (SELECT partition, place FROM due)) IS TRUE`);
  const requests = await pruneRequests(db);
  return (await pruneKeys(db)) || changes === PRUNE_BATCH_MAX || requests === PRUNE_BATCH_MAX;
}

/** The outcome of a queued hold is kept for two days. After that, its idempotency key has the booking. */
async function pruneRequests(db: PrismaClient): Promise<number> {
  // guard: requests-pruned-in-partition
  return db.$executeRaw(sql`/* pruneRequests */
    WITH due AS MATERIALIZED (
      SELECT tableoid AS partition, ctid AS place FROM hold_requests
      WHERE settled_at <= now() - interval '2 days'
      ORDER BY settled_at LIMIT ${PRUNE_BATCH_MAX} FOR UPDATE SKIP LOCKED)
    DELETE FROM hold_requests WHERE ctid = ANY(ARRAY(SELECT place FROM due))
      AND ((tableoid, ctid) IN (SELECT partition, place FROM due)) IS TRUE`);
}

/**
 * A key is kept for two days (column default of `prune_after`), and as long as its booking is in HOLD or CONFIRMED. A due
 * key that must be kept is postponed by its own age, so that long-lived keys are rarely read: after 2, 4, 8, 16 … days.
 * The status is compared outside the subquery. Inside, the planner could use the index on open bookings, and read all of
 * it for each key.
 */
async function pruneKeys(db: PrismaClient): Promise<boolean> {
  // guard: prune-by-booking-key
  // guard: kept-key-postponed
  // guard: key-of-open-booking-kept
  // guard: keys-pruned-in-partition
  // guard: keys-postponed-in-partition
  const [row] = await db.$queryRaw<{ due: number }[]>(sql`/* pruneKeys */
    WITH due AS MATERIALIZED (
      SELECT tableoid AS partition, ctid AS place, event_id, booking_id FROM idempotency_keys
      WHERE prune_after <= now() ORDER BY prune_after LIMIT ${PRUNE_BATCH_MAX} FOR UPDATE SKIP LOCKED),
    judged AS MATERIALIZED (
      SELECT due.partition, due.place, coalesce(b.status IN ('HOLD', 'CONFIRMED'), false) AS stands
      FROM due LEFT JOIN LATERAL (
        SELECT status FROM bookings WHERE event_id = due.event_id AND id = due.booking_id OFFSET 0) AS b ON true),
    deleted AS (
      DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(SELECT place FROM judged WHERE NOT stands))
        AND ((tableoid, ctid) IN (SELECT partition, place FROM judged WHERE NOT stands)) IS TRUE),
    kept AS (
      UPDATE idempotency_keys SET prune_after = now() + (now() - created_at)
      WHERE ctid = ANY(ARRAY(SELECT place FROM judged WHERE stands))
        AND ((tableoid, ctid) IN (SELECT partition, place FROM judged WHERE stands)) IS TRUE)
    SELECT count(*)::int AS due FROM due`);
  return row?.due === PRUNE_BATCH_MAX;
}
