import { sql } from '../../platform/database/db.ts';
import type { BreachQuery } from './invariant.ts';

/** I14: no buyer exceeds the seat limit. Overdue holds do not count. */
export function seatLimits(): BreachQuery {
  return sql`/* seatLimits */
    SELECT b.event_id, NULL::int, NULL::uuid, format('buyer %s has %s seats; the limit is %s', b.buyer_id, count(*), e.seat_limit)
    FROM bookings b
    JOIN events e ON e.id = b.event_id
    JOIN booking_seats c ON c.event_id = b.event_id AND c.booking_id = b.id
    WHERE b.status = 'CONFIRMED' OR (b.status = 'HOLD' AND b.hold_expires_at > clock_timestamp())
    GROUP BY b.event_id, b.buyer_id, e.seat_limit HAVING count(*) > e.seat_limit`;
}
