import { sql } from '../../platform/database/db.ts';
import type { BreachQuery } from './invariant.ts';

/** I6: a key stands for one effect, of its own buyer. Ignores keys of deleted events. */
export function idempotencyKeys(): BreachQuery {
  return sql`/* idempotencyKeys */
    SELECT k.event_id, NULL::int, k.booking_id, CASE
      WHEN b.id IS NULL THEN format('key of %s: its booking is missing', k.operation)
      WHEN b.buyer_id <> k.buyer_id THEN format('key of %s belongs to buyer %s, but its booking to %s', k.operation, k.buyer_id, b.buyer_id)
      ELSE format('key of %s succeeded, but the booking is %s', k.operation, b.status) END
    FROM idempotency_keys k JOIN events e ON e.id = k.event_id
    LEFT JOIN bookings b ON b.event_id = k.event_id AND b.id = k.booking_id
    WHERE b.id IS NULL OR b.buyer_id <> k.buyer_id
       OR (k.operation = 'confirmBooking' AND b.status NOT IN ('CONFIRMED', 'CANCELED'))
    UNION ALL
    SELECT event_id, NULL, NULL, format('key %s of %s, buyer %s, stands for %s effects', encode(key_hash, 'hex'), operation, buyer_id, count(*))
    FROM idempotency_keys GROUP BY event_id, buyer_id, operation, key_hash HAVING count(*) > 1
    UNION ALL
    SELECT k.event_id, NULL, k.booking_id, format('created by %s keys, although each call creates its own booking', count(*))
    FROM idempotency_keys k WHERE k.operation IN ('holdSeats', 'holdBestAvailable')
    GROUP BY k.event_id, k.booking_id HAVING count(DISTINCT (k.buyer_id, k.operation, k.key_hash)) > 1`;
}
