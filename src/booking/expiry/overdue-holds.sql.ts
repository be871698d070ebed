import { sql, type PrismaClient } from '../../platform/database/db.ts';
import { holdDeadline } from '../../platform/service/outages.sql.ts';

/*
 * A hold is swept when others can take its seats: after its deadline by its takeover delay, mostly 0 and at most 1.2 s. The
 * index on deadlines finds the candidates.
 */

/** An overdue hold with its position in the order of its event. */
export interface OverdueHold {
  readonly id: string;
  readonly holdExpiresAtMs: number;
}

/**
 * Returns the events that have holds past their deadline. Skips from event to event through the index on holds' deadlines and reads
 * one entry of each, so the cost depends on the number of events with holds, not on the number of holds.
 */
export async function readEventsWithOverdueHolds(db: PrismaClient): Promise<readonly number[]> {
  const rows = await db.$queryRaw<{ event_id: number }[]>(sql`/* readEventsWithOverdueHolds */
    WITH RECURSIVE earliest AS (
      (SELECT event_id, hold_expires_at FROM bookings WHERE status = 'HOLD' ORDER BY event_id, hold_expires_at LIMIT 1)
      UNION ALL
      SELECT later.event_id, later.hold_expires_at FROM earliest CROSS JOIN LATERAL (
        SELECT event_id, hold_expires_at FROM bookings WHERE status = 'HOLD' AND event_id > earliest.event_id
        ORDER BY event_id, hold_expires_at LIMIT 1) AS later
    )
    SELECT event_id FROM earliest WHERE hold_expires_at <= clock_timestamp()`);
  return rows.map((row) => row.event_id);
}

/**
 * Returns a page of an event's overdue holds, the longest overdue first. `after` is the last hold of the previous page.
 * Uses statement_timestamp(), because clock_timestamp() is volatile and cannot be an index condition.
 */
export async function readOverdueHolds(
  db: PrismaClient,
  eventId: number,
  after: OverdueHold | null,
  limit: number,
): Promise<readonly OverdueHold[]> {
  const { id, holdExpiresAtMs } = after ?? { id: '00000000-0000-0000-0000-000000000000', holdExpiresAtMs: 0 };
  // guard: overdue-as-of-statement
  // guard: outages-sweep
  const rows = await db.$queryRaw<{ id: string; hold_expires_at_ms: number }[]>(sql`/* readOverdueHolds */
    SELECT id, (extract(epoch FROM hold_expires_at) * 1000)::float8 AS hold_expires_at_ms FROM bookings
    WHERE event_id = ${eventId} AND status = 'HOLD' AND hold_expires_at <= statement_timestamp()
      AND hold_expires_at + takeover_delay_ms * interval '1 ms' <= statement_timestamp()
      AND ${holdDeadline(sql`bookings`)} + takeover_delay_ms * interval '1 ms' <= statement_timestamp()
      AND (hold_expires_at, id) > (to_timestamp(${holdExpiresAtMs}::float8 / 1000)::timestamptz(3), ${id}::uuid)
    ORDER BY hold_expires_at, id LIMIT ${limit}`);
  return rows.map((row) => ({ id: row.id, holdExpiresAtMs: row.hold_expires_at_ms }));
}
