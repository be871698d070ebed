import { sql, type PrismaClient } from '../../../src/platform/database/db.ts';
import { holdDeadline } from '../../../src/platform/service/outages.sql.ts';
import type { EventRecord } from './event-record.ts';

const NIL_UUID = '00000000-0000-0000-0000-000000000000';

interface Row {
  seat_limit: number;
  seats_total: number;
  seat_version: number;
  seats_held: number;
  seats_booked: number;
  seats_blocked: number;
  changes: EventRecord['changes'] | null;
  bookings: EventRecord['bookings'] | null;
  seats: EventRecord['seats'] | null;
  keys: EventRecord['keys'] | null;
}

/** Reads everything about an event in one statement, and so in one snapshot. */
export async function readRecord(db: PrismaClient, eventId: number): Promise<EventRecord> {
  const [row] = await db.$queryRaw<Row[]>(sql`/* readRecord */
    SELECT e.seat_limit, e.seats_total, e.seat_version, e.seats_held, e.seats_booked, e.seats_blocked,
      (SELECT json_agg(json_build_object(
          'version', c.version, 'clockMs', round(extract(epoch FROM c.committed_at) * 1000),
          'steps', (SELECT coalesce(json_agg(json_build_object('seat', u.seat, 'from', u.f, 'to', u.t,
                      'bookingId', nullif(u.booking, ${NIL_UUID}::uuid)) ORDER BY u.place), '[]')
                    FROM unnest(c.step_seats, c.step_from, c.step_to, c.step_bookings) WITH ORDINALITY AS u(seat, f, t, booking, place)),
          'bookings', (SELECT coalesce(json_agg(json_build_object('id', u.id, 'status', u.status) ORDER BY u.place), '[]')
                       FROM unnest(c.booking_ids, c.booking_statuses) WITH ORDINALITY AS u(id, status, place)))
        ORDER BY c.version) FROM event_changes c WHERE c.event_id = e.id) AS changes,
      (SELECT json_agg(json_build_object(
          'id', b.id, 'buyerId', b.buyer_id, 'status', b.status,
          'holdExpiresAtMs', round(extract(epoch FROM b.hold_expires_at) * 1000),
          'creditMs', round(extract(epoch FROM ${holdDeadline(sql`b`)} - b.hold_expires_at) * 1000),
          'takeoverAtMs', round(extract(epoch FROM b.hold_expires_at) * 1000) + b.takeover_delay_ms,
          'claims', (SELECT coalesce(json_agg(json_build_object('seat', s.seat_index, 'status', s.booking_status) ORDER BY s.seat_index), '[]')
                     FROM booking_seats s WHERE s.event_id = b.event_id AND s.booking_id = b.id)))
        FROM bookings b WHERE b.event_id = e.id) AS bookings,
      (SELECT json_agg(json_build_object('seat', s.seat_index, 'status', s.status, 'bookingId', s.current_booking_id)
        ORDER BY s.seat_index) FROM event_seats s WHERE s.event_id = e.id) AS seats,
      (SELECT json_agg(json_build_object('buyerId', k.buyer_id, 'operation', k.operation,
          'keyHash', encode(k.key_hash, 'hex'), 'bookingId', k.booking_id))
        FROM idempotency_keys k WHERE k.event_id = e.id) AS keys
    FROM events e WHERE e.id = ${eventId}`);
  if (row === undefined) throw new Error(`there is no event ${eventId}`);
  return {
    eventId,
    seatLimit: row.seat_limit,
    seatsTotal: row.seats_total,
    seatVersion: row.seat_version,
    counted: { held: row.seats_held, booked: row.seats_booked, blocked: row.seats_blocked },
    changes: row.changes ?? [],
    bookings: row.bookings ?? [],
    seats: row.seats ?? [],
    keys: row.keys ?? [],
  };
}
