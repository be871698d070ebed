import { sql } from '../../platform/database/db.ts';
import type { BreachQuery } from './invariant.ts';

/** I1: no seat has two claims. Uses the bookings' own status, not the copy that the constraint uses, to find what that misses. */
export function seatClaims(): BreachQuery {
  return sql`/* seatClaims */
    SELECT c.event_id, c.seat_index, NULL::uuid,
      format('claimed by %s bookings: %s', count(*), string_agg(b.id || ' ' || b.status, ', ' ORDER BY b.id))
    FROM booking_seats c JOIN bookings b ON b.event_id = c.event_id AND b.id = c.booking_id
    WHERE b.status IN ('HOLD', 'CONFIRMED')
    GROUP BY c.event_id, c.seat_index HAVING count(*) > 1`;
}
