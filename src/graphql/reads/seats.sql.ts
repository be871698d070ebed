import { sql, type PrismaClient } from '../../platform/database/db.ts';
import type { SeatRow } from './seat-row.ts';

export interface SeatKey {
  readonly eventId: number;
  readonly index: number;
}

/** The columns of a SeatRow: `s` is the event's seat, `v` the venue's. */
const columns = sql`s.event_id AS "eventId", s.seat_index AS "index", s.tier_index AS "tierIndex", s.status,
           v.section, v."row", v.number, v.label`;

/** Seats by key, whatever events they are of. Those that do not exist are left out; the order is none. */
export async function readSeats(db: PrismaClient, keys: readonly SeatKey[]): Promise<SeatRow[]> {
  return db.$queryRaw<SeatRow[]>(sql`/* readSeats */
    SELECT ${columns}
    FROM unnest(${keys.map(({ eventId }) => eventId)}::int[], ${keys.map(({ index }) => index)}::int[]) AS k(event_id, seat_index)
    JOIN event_seats s ON s.event_id = k.event_id AND s.seat_index = k.seat_index
    JOIN venue_seats v ON v.venue_id = s.venue_id AND v.seat_index = s.seat_index`);
}

/** As `readSeats`, without those of drafts that are not the viewer's own. */
export async function readVisibleSeats(
  db: PrismaClient,
  keys: readonly SeatKey[],
  viewerId: string | null,
): Promise<SeatRow[]> {
  // guard: draft-seats
  return db.$queryRaw<SeatRow[]>(sql`/* readVisibleSeats */
    SELECT ${columns}
    FROM unnest(${keys.map(({ eventId }) => eventId)}::int[], ${keys.map(({ index }) => index)}::int[]) AS k(event_id, seat_index)
    JOIN events e ON e.id = k.event_id AND (e.status <> 'DRAFT' OR e.organizer_id = ${viewerId}::uuid)
    JOIN event_seats s ON s.event_id = e.id AND s.seat_index = k.seat_index
    JOIN venue_seats v ON v.venue_id = s.venue_id AND v.seat_index = s.seat_index`);
}

/** The seats of bookings, each with its booking, by index. Of ended bookings too: what they once had. */
export async function readSeatsOfBookings(
  db: PrismaClient,
  bookings: readonly { readonly eventId: number; readonly id: string }[],
): Promise<(SeatRow & { readonly bookingId: string })[]> {
  return db.$queryRaw<(SeatRow & { readonly bookingId: string })[]>(sql`/* readSeatsOfBookings */
    SELECT c.booking_id AS "bookingId", ${columns}
    FROM unnest(${bookings.map(({ eventId }) => eventId)}::int[], ${bookings.map(({ id }) => id)}::uuid[]) AS k(event_id, id)
    JOIN booking_seats c ON c.event_id = k.event_id AND c.booking_id = k.id
    JOIN event_seats s ON s.event_id = c.event_id AND s.seat_index = c.seat_index
    JOIN venue_seats v ON v.venue_id = s.venue_id AND v.seat_index = s.seat_index
    ORDER BY s.event_id, s.seat_index`);
}
