import { sql } from '../../platform/database/db.ts';
import type { BreachQuery } from './invariant.ts';

/** I1. By the bookings' own status, not by the copy that the constraint works on: this must see what it misses. */
export function seatClaims(): BreachQuery {
  return sql`/* seatClaims */
    SELECT c.event_id, c.seat_index, NULL::uuid,
      format('claimed by %s bookings: %s', count(*), string_agg(b.id || ' ' || b.status, ', ' ORDER BY b.id))
    FROM booking_seats c JOIN bookings b ON b.event_id = c.event_id AND b.id = c.booking_id
    WHERE b.status IN ('HOLD', 'CONFIRMED')
    GROUP BY c.event_id, c.seat_index HAVING count(*) > 1`;
}
