import { sql } from '../../../platform/database/db.ts';
import { historyHorizon } from './history-horizon.ts';
import type { AuditLimits, BreachQuery } from '../invariant.ts';

/** I8 for bookings: each is on record, every change of its status is legal, and the last one is its status now. */
export function historyBookings(limits: AuditLimits): BreachQuery {
  const horizon = historyHorizon(limits);
  return sql`(/* historyBookings */
    WITH recorded AS MATERIALIZED (
      SELECT c.event_id, u.id, u.status, c.version, c.committed_at >= ${horizon} AS kept,
        lag(u.status) OVER w AS was, lead(c.version) OVER w IS NULL AS is_last
      FROM event_changes c CROSS JOIN LATERAL unnest(c.booking_ids, c.booking_statuses) AS u(id, status)
      WINDOW w AS (PARTITION BY c.event_id, u.id ORDER BY c.version)
    )
    SELECT event_id, NULL::int, id, format('version %s: the booking changed from %s to %s', version, was, status)
    FROM recorded
    WHERE was IN ('EXPIRED', 'RELEASED', 'CANCELED') OR (was = 'CONFIRMED' AND status NOT IN ('CONFIRMED', 'CANCELED'))
    UNION ALL
    SELECT r.event_id, NULL, r.id, format('the booking is %s, but its last record, in version %s, says %s',
      coalesce(b.status::text, 'missing'), r.version, r.status)
    FROM recorded r LEFT JOIN bookings b ON b.event_id = r.event_id AND b.id = r.id
    WHERE r.is_last AND r.kept AND b.status IS DISTINCT FROM r.status
    UNION ALL
    SELECT b.event_id, NULL, b.id, format('the booking is %s, but has no record', b.status)
    FROM bookings b
    WHERE b.created_at >= ${horizon} AND NOT EXISTS (SELECT 1 FROM recorded r WHERE r.event_id = b.event_id AND r.id = b.id))`;
}
