import { sql, type PrismaClient } from '../platform/database/db.ts';

const PRUNE_BATCH_MAX = 1_000;

/**
 * Deletes guests who hold and own nothing and whose tokens have expired, a bounded number at a time. A guest's row is written
 * after its token is issued, so 30 days later (column default of `prune_after`) the token has expired. A due guest who has
 * bought something is postponed by its own age. A guest who holds seats after all is stored again.
 *
 * @returns whether there may be more to delete now.
 */
export async function pruneGuests(db: PrismaClient): Promise<boolean> {
  // guard: buyer-not-pruned
  // guard: former-organizer-not-pruned
  const [row] = await db.$queryRaw<{ due: number }[]>(sql`/* pruneGuests */
    WITH due AS MATERIALIZED (
      SELECT ctid AS place, id FROM users
      WHERE issuer = 'sellout' AND role = 'BUYER' AND prune_after <= now()
      ORDER BY prune_after LIMIT ${PRUNE_BATCH_MAX} FOR UPDATE SKIP LOCKED),
    judged AS MATERIALIZED (
      SELECT due.place,
        EXISTS (SELECT FROM bookings WHERE buyer_id = due.id AND status NOT IN ('EXPIRED', 'RELEASED') OFFSET 0)
        OR EXISTS (SELECT FROM venues WHERE organizer_id = due.id OFFSET 0)
        OR EXISTS (SELECT FROM events WHERE organizer_id = due.id OFFSET 0) AS stands
      FROM due),
    deleted AS (
      DELETE FROM users WHERE ctid = ANY(ARRAY(SELECT place FROM judged WHERE NOT stands))),
    kept AS (
      UPDATE users SET prune_after = now() + greatest(now() - created_at, interval '30 days')
      WHERE ctid = ANY(ARRAY(SELECT place FROM judged WHERE stands)))
    SELECT count(*)::int AS due FROM due`);
  return row?.due === PRUNE_BATCH_MAX;
}
