import pg from 'pg';

/**
 * Share of the seats of a section that are booked, in percent: between these two, by its name. A few more are held. Groups of
 * neighbors have one booking.
 */
const SHARE_MIN = 25;
const SHARE_SPREAD = 60;
const HELD_PERCENT = 3;
const GROUP = 3;

const hash = (text: string) => `('x' || substr(md5(${text}), 1, 7))::bit(28)::int`;

/** Fills the events on sale with bookings that are the same each time. Nothing else may use the database. */
export async function makeUpBookings(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

const statements = [
  `CREATE TEMPORARY TABLE made_up AS
   SELECT s.event_id, s.seat_index, t.amount,
     md5(s.event_id || ' ' || v.section || ' ' || s.seat_index / ${GROUP})::uuid AS id,
     CASE WHEN ${hash(`s.event_id || ' ' || v.section || s.seat_index / ${GROUP}`)} % 100
       < ${SHARE_MIN} + ${hash('v.section')} % ${SHARE_SPREAD} THEN 'CONFIRMED' ELSE 'HOLD' END AS status
   FROM event_seats s JOIN events e ON e.id = s.event_id
   JOIN venue_seats v ON v.venue_id = s.venue_id AND v.seat_index = s.seat_index
   JOIN price_tiers t ON t.event_id = s.event_id AND t.tier_index = s.tier_index
   WHERE e.status = 'ON_SALE' AND e.on_sale_at < now()
     AND ${hash(`s.event_id || ' ' || v.section || s.seat_index / ${GROUP}`)} % 100
       < ${SHARE_MIN} + ${HELD_PERCENT} + ${hash('v.section')} % ${SHARE_SPREAD}`,
  `INSERT INTO bookings (event_id, id, buyer_id, status, seat_count, total_amount, created_at, hold_expires_at, confirmed_at)
   SELECT event_id, id, id, status::booking_status, count(*), sum(amount), now(), now() + interval '1 hour',
     CASE WHEN status = 'CONFIRMED' THEN now() END
   FROM made_up GROUP BY event_id, id, status`,
  `INSERT INTO booking_seats SELECT event_id, id, seat_index, status::booking_status FROM made_up`,
  `UPDATE event_seats s SET current_booking_id = m.id,
     status = CASE m.status WHEN 'CONFIRMED' THEN 'BOOKED' ELSE 'HELD' END::seat_status
   FROM made_up m WHERE m.event_id = s.event_id AND m.seat_index = s.seat_index`,
  `UPDATE events e SET seats_booked = m.booked, seats_held = m.held
   FROM (SELECT event_id, count(*) FILTER (WHERE status = 'CONFIRMED') AS booked,
           count(*) FILTER (WHERE status = 'HOLD') AS held
         FROM made_up GROUP BY event_id) AS m WHERE m.event_id = e.id`,
  // Else the first reads would be planned for empty tables.
  'VACUUM (ANALYZE) bookings, booking_seats, event_seats, events',
];
