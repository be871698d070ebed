import { sql } from '../../platform/database/db.ts';
import { holdDeadline } from '../../platform/service/outages.sql.ts';
import type { AuditLimits, BreachQuery } from './invariant.ts';

/** I3: the sweeper expires overdue holds in time. */
export function overdueHolds({ overdueMaxMs }: AuditLimits): BreachQuery {
  return sql`/* overdueHolds */
    SELECT event_id, NULL::int, id, format('the hold expired at %s and is still open; is a worker running?', hold_expires_at)
    FROM bookings
    WHERE status = 'HOLD' AND hold_expires_at + takeover_delay_ms * interval '1 ms' < clock_timestamp() - make_interval(secs => ${overdueMaxMs}::float8 / 1000)
      AND ${holdDeadline(sql`bookings`)} + takeover_delay_ms * interval '1 ms' < clock_timestamp() - make_interval(secs => ${overdueMaxMs}::float8 / 1000)`;
}
