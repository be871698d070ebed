import { sql } from '../../platform/database/db.ts';
import type { BreachQuery } from './invariant.ts';

/** I10 in the database: the seat counters of events. maps/cached-maps.ts and maps/live-maps.ts check its parts in Redis. */
export function counters(): BreachQuery {
  return sql`/* counters */
    SELECT e.id, NULL::int, NULL::uuid, format('the event counts %s held, %s booked, %s blocked of %s; its seats are %s, %s, %s of %s',
      e.seats_held, e.seats_booked, e.seats_blocked, e.seats_total,
      coalesce(n.held, 0), coalesce(n.booked, 0), coalesce(n.blocked, 0), coalesce(n.total, 0))
    FROM events e LEFT JOIN (
      SELECT event_id, count(*) FILTER (WHERE status = 'HELD') AS held, count(*) FILTER (WHERE status = 'BOOKED') AS booked,
             count(*) FILTER (WHERE status = 'BLOCKED') AS blocked, count(*) AS total
      FROM event_seats GROUP BY event_id) AS n ON n.event_id = e.id
    WHERE (e.seats_held, e.seats_booked, e.seats_blocked, e.seats_total)
      IS DISTINCT FROM (coalesce(n.held, 0), coalesce(n.booked, 0), coalesce(n.blocked, 0), coalesce(n.total, 0))`;
}
