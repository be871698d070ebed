import { sql } from '../../platform/database/db.ts';
import { holdDeadline } from '../../platform/service/outages.sql.ts';
import type { BreachQuery } from './invariant.ts';

const deadline = holdDeadline(sql`bookings`);
/**
 * The deadline as every batch that ended a booking knew it: with the outages that were over for longer than a batch may
 * last. Later outages may reach back before the booking ended.
 */
const knownDeadline = holdDeadline(
  sql`bookings`,
  sql`(SELECT * FROM outages WHERE outages.ended_at + interval '15 seconds' <= bookings.ended_at)`,
);
/** Maximum difference between the clocks of a primary and a standby. */
const tolerance = sql`interval '1 minute'`;

/**
 * I8 for times: no booking was confirmed or released past its deadline, no hold ended as EXPIRED before others could take
 * its seats, no time lies in the future, and times are in order. Deadlines are exact, because each was compared with the
 * stored time.
 */
export function times(): BreachQuery {
  // guard: audit-future-commit
  // guard: audit-late-confirmation
  // guard: audit-late-release
  // guard: audit-early-expiry
  // guard: audit-early-takeover
  // guard: audit-expiry-after-outage
  return sql`(/* times */
    SELECT event_id, NULL::int, id, format('the hold expired at %s, before its deadline %s', ended_at, hold_expires_at)
    FROM bookings WHERE status = 'EXPIRED' AND ended_at < hold_expires_at
    UNION ALL
    SELECT event_id, NULL, id, format('the hold expired at %s, although outages had moved its deadline %s', ended_at, hold_expires_at)
    FROM bookings WHERE status = 'EXPIRED' AND EXISTS (SELECT FROM outages) AND ended_at < ${knownDeadline}
    UNION ALL
    SELECT event_id, NULL, id, format('the seats were taken over at %s, before the delay of %s ms after the deadline %s',
      ended_at, takeover_delay_ms, hold_expires_at)
    FROM bookings WHERE status = 'EXPIRED' AND ended_at >= hold_expires_at
      AND ended_at < hold_expires_at + takeover_delay_ms * interval '1 ms'
    UNION ALL
    SELECT event_id, NULL, id, format('the hold was released at %s, its deadline was %s', ended_at, hold_expires_at)
    FROM bookings WHERE status = 'RELEASED' AND ended_at >= hold_expires_at AND ended_at >= ${deadline}
    UNION ALL
    SELECT event_id, NULL, id, format('the hold was confirmed at %s, its deadline was %s', confirmed_at, hold_expires_at)
    FROM bookings WHERE confirmed_at >= hold_expires_at AND confirmed_at >= ${deadline}
    UNION ALL
    SELECT event_id, NULL, id, format('the booking has a time in the future: %s', greatest(created_at, extended_at, confirmed_at, ended_at))
    FROM bookings WHERE greatest(created_at, extended_at, confirmed_at, ended_at) > clock_timestamp() + ${tolerance}
    UNION ALL
    SELECT event_id, NULL, id, format('created at %s, extended at %s, confirmed at %s, ended at %s: not in this order', created_at,
      coalesce(extended_at::text, 'no time'), coalesce(confirmed_at::text, 'no time'), coalesce(ended_at::text, 'no time'))
    FROM bookings WHERE least(extended_at, confirmed_at, ended_at) < created_at - ${tolerance}
      OR least(confirmed_at, ended_at) < extended_at - ${tolerance} OR ended_at < confirmed_at - ${tolerance}
    UNION ALL
    SELECT event_id, NULL, NULL, format('version %s: committed at %s, which is in the future', version, committed_at)
    FROM event_changes WHERE committed_at > clock_timestamp() + ${tolerance}
    UNION ALL
    SELECT event_id, NULL, booking_id, format('key of %s: used at %s, which is in the future', operation, created_at)
    FROM idempotency_keys WHERE created_at > clock_timestamp() + ${tolerance})`;
}
