import { sql } from '../../../platform/database/db.ts';
import { historyHorizon } from './history-horizon.ts';
import type { AuditLimits, BreachQuery } from '../invariant.ts';

/**
 * I8 for seats: each step starts from the status in which the previous one ended, is legal, and the last one ends in the
 * seat's status now. Reads the record once, and sorts the steps of every seat once.
 */
export function historySteps(limits: AuditLimits): BreachQuery {
  const horizon = historyHorizon(limits);
  return sql`(/* historySteps */
    -- OFFSET 0: expands the record's arrays before the sort, which must not carry them along (measured with 1.7 million
    -- steps: 28 s with them, 11 s without).
    WITH given AS (
      SELECT c.event_id, u.seat, c.version, u.step, c.committed_at >= ${horizon} AS kept, u.from_status, u.to_status,
        nullif(u.booking, '00000000-0000-0000-0000-000000000000') AS booking_id,
        -- A booked seat becomes available only by cancellation.
        u.from_status IS DISTINCT FROM 'BOOKED'
          OR (c.booking_statuses)[array_position(c.booking_ids, u.booking)] IS NOT DISTINCT FROM 'CANCELED' AS may_leave
      FROM event_changes c
      CROSS JOIN LATERAL unnest(c.step_seats, c.step_from, c.step_to, c.step_bookings)
        WITH ORDINALITY AS u(seat, from_status, to_status, booking, step) OFFSET 0
    ), steps AS MATERIALIZED (
      SELECT event_id, seat, version, kept, from_status, to_status, booking_id, may_leave,
        lag(to_status) OVER w AS was, lag(kept) OVER w AS was_kept, lead(version) OVER w IS NULL AS is_last
      FROM given WINDOW w AS (PARTITION BY event_id, seat ORDER BY version, step)
    )
    SELECT event_id, seat, booking_id, format('version %s: the step from %s to %s is illegal', version,
      coalesce(from_status::text, 'nothing'), coalesce(to_status::text, 'nothing'))
    FROM steps
    WHERE seat IS NULL OR from_status IS NULL OR to_status IS NULL OR NOT may_leave
       OR (from_status, to_status) NOT IN (('AVAILABLE', 'HELD'), ('HELD', 'BOOKED'), ('HELD', 'AVAILABLE'),
                                           ('BOOKED', 'AVAILABLE'), ('AVAILABLE', 'BLOCKED'), ('BLOCKED', 'AVAILABLE'))
       OR (booking_id IS NULL) <> ('BLOCKED' IN (from_status, to_status))
    UNION ALL
    SELECT event_id, seat, booking_id, format('version %s: the step starts from %s, but the previous one ended in %s', version, from_status, was)
    FROM steps WHERE was <> from_status AND was_kept
    UNION ALL
    SELECT t.event_id, t.seat, t.booking_id, format('version %s: the first step starts from %s', t.version, t.from_status)
    FROM steps t JOIN events e ON e.id = t.event_id
    WHERE t.was IS NULL AND t.from_status <> 'AVAILABLE' AND e.created_at >= ${horizon}
    UNION ALL
    SELECT t.event_id, t.seat, t.booking_id, format('the last step, in version %s, ended in %s, but the seat is %s%s', t.version, t.to_status,
      coalesce(s.status::text, 'missing'), CASE WHEN s.status = t.to_status THEN ' by ' || s.current_booking_id END)
    FROM steps t LEFT JOIN event_seats s ON s.event_id = t.event_id AND s.seat_index = t.seat
    WHERE t.is_last AND t.kept AND (s.status IS DISTINCT FROM t.to_status
      OR (s.status IN ('HELD', 'BOOKED') AND s.current_booking_id IS DISTINCT FROM t.booking_id))
    UNION ALL
    SELECT s.event_id, s.seat_index, s.current_booking_id, format('the seat is %s, but has no recorded step', s.status)
    FROM event_seats s JOIN events e ON e.id = s.event_id
    WHERE s.status <> 'AVAILABLE' AND e.created_at >= ${horizon}
      AND NOT EXISTS (SELECT 1 FROM steps t WHERE t.event_id = s.event_id AND t.seat = s.seat_index))`;
}
