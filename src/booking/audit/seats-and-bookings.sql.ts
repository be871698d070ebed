import { sql } from '../../platform/database/db.ts';
import type { BreachQuery } from './invariant.ts';

/**
 * I2: seats match their bookings, claims match seats, claims and prices match their bookings, and bookings have an event.
 * No foreign key checks that a seat's booking, a claim's seat and a booking's event exist.
 */
export function seatsAndBookings(): BreachQuery {
  // guard: audit-wrong-price
  // guard: audit-missing-seat
  // guard: audit-missing-event
  return sql`/* seatsAndBookings */
    SELECT s.event_id, s.seat_index, s.current_booking_id,
      format('the seat is %s, its booking is %s', s.status, coalesce(b.status::text, 'missing'))
    FROM event_seats s LEFT JOIN bookings b ON b.event_id = s.event_id AND b.id = s.current_booking_id
    WHERE s.status IN ('HELD', 'BOOKED')
      AND b.status IS DISTINCT FROM (CASE s.status WHEN 'HELD' THEN 'HOLD' ELSE 'CONFIRMED' END)::booking_status
    UNION ALL
    SELECT s.event_id, s.seat_index, s.current_booking_id, format('the seat is %s, but names a booking', s.status)
    FROM event_seats s WHERE s.status IN ('AVAILABLE', 'BLOCKED') AND s.current_booking_id IS NOT NULL
    UNION ALL
    SELECT s.event_id, s.seat_index, s.current_booking_id, 'the seat names a booking that does not claim it'
    FROM event_seats s
    WHERE s.current_booking_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM booking_seats c
      WHERE c.event_id = s.event_id AND c.booking_id = s.current_booking_id AND c.seat_index = s.seat_index)
    UNION ALL
    -- I1 reports seats that another open booking also claims.
    SELECT c.event_id, c.seat_index, c.booking_id,
      format('the booking is %s and claims the seat, which is %s', b.status, coalesce(s.status::text, 'missing'))
    FROM booking_seats c
    JOIN bookings b ON b.event_id = c.event_id AND b.id = c.booking_id AND b.status IN ('HOLD', 'CONFIRMED')
    LEFT JOIN event_seats s ON s.event_id = c.event_id AND s.seat_index = c.seat_index
    WHERE s.current_booking_id IS DISTINCT FROM c.booking_id AND NOT EXISTS (
      SELECT 1 FROM booking_seats o JOIN bookings ob ON ob.event_id = o.event_id AND ob.id = o.booking_id
      WHERE o.event_id = c.event_id AND o.seat_index = c.seat_index AND o.booking_id = s.current_booking_id
        AND ob.status IN ('HOLD', 'CONFIRMED'))
    UNION ALL
    SELECT c.event_id, c.seat_index, c.booking_id,
      format('the claim has status %s, its booking is %s', c.booking_status, coalesce(b.status::text, 'missing'))
    FROM booking_seats c LEFT JOIN bookings b ON b.event_id = c.event_id AND b.id = c.booking_id
    WHERE b.status IS DISTINCT FROM c.booking_status
    UNION ALL
    SELECT c.event_id, c.seat_index, c.booking_id, format('the booking is %s and claims a seat that does not exist', c.booking_status)
    FROM booking_seats c LEFT JOIN event_seats s ON s.event_id = c.event_id AND s.seat_index = c.seat_index
    WHERE s.seat_index IS NULL AND c.booking_status NOT IN ('HOLD', 'CONFIRMED')
    UNION ALL
    SELECT b.event_id, NULL, b.id, 'the event of the booking does not exist'
    FROM bookings b LEFT JOIN events e ON e.id = b.event_id WHERE e.id IS NULL
    UNION ALL
    SELECT b.event_id, NULL, b.id, format('booking has seat_count %s, but claims %s seats', b.seat_count, coalesce(c.count, 0))
    FROM bookings b
    LEFT JOIN (SELECT event_id, booking_id, count(*) FROM booking_seats GROUP BY 1, 2) AS c
      ON c.event_id = b.event_id AND c.booking_id = b.id
    WHERE b.seat_count <> coalesce(c.count, 0)
    UNION ALL
    -- Prices of an event never change.
    SELECT b.event_id, NULL, b.id, format('the booking costs %s, its seats cost %s', b.total_amount, c.amount)
    FROM bookings b
    JOIN (SELECT c.event_id, c.booking_id, sum(t.amount) AS amount FROM booking_seats c
          JOIN event_seats s ON s.event_id = c.event_id AND s.seat_index = c.seat_index
          JOIN price_tiers t ON t.event_id = s.event_id AND t.tier_index = s.tier_index
          GROUP BY 1, 2) AS c ON c.event_id = b.event_id AND c.booking_id = b.id
    WHERE b.total_amount <> c.amount`;
}
