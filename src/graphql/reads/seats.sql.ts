import type { SeatStatus } from '../../generated/prisma/enums.ts';
import { sql, type PrismaClient, type Sql } from '../../platform/database/db.ts';

/** A seat of an event, with its names from the venue's plan. */
export interface SeatRow {
  readonly eventId: number;
  readonly index: number;
  readonly tierIndex: number;
  readonly status: SeatStatus;
  readonly section: string;
  readonly row: string;
  readonly number: string;
  /** The label from the plan; null if it is composed of the three names above. */
  readonly label: string | null;
  /** The price tier, if it is already loaded. */
  readonly preloadedTier?: PreloadedTier;
}

/** A price tier with its currency. */
export interface PreloadedTier {
  readonly eventId: number;
  readonly index: number;
  readonly name: string;
  readonly amount: bigint;
  readonly color: string | null;
  readonly currency: string;
}

export interface SeatKey {
  readonly eventId: number;
  readonly index: number;
}

/** The columns of a SeatRow. `s` is the seat of the event, `v` the seat of the venue. */
const columns = sql`s.event_id AS "eventId", s.seat_index AS "index", s.tier_index AS "tierIndex", s.status,
           v.section, v."row", v.number, v.label`;

/**
 * Looks up the seat `s` of a row with the event and the index of a seat. OFFSET 0 keeps it a lookup by key: joined otherwise,
 * the seats of a small table would be read as a whole, in all partitions.
 */
// guard: seat-looked-up-by-key
const seatOf = (key: Sql) => sql`CROSS JOIN LATERAL (
      SELECT * FROM event_seats WHERE (event_id, seat_index) = ${key} OFFSET 0) AS s`;

/** Reads seats of any events by key, in no particular order. Omits keys without a seat. */
export async function readSeats(db: PrismaClient, keys: readonly SeatKey[]): Promise<SeatRow[]> {
  return db.$queryRaw<SeatRow[]>(sql`/* readSeats */
    SELECT ${columns}
    FROM unnest(${keys.map(({ eventId }) => eventId)}::int[], ${keys.map(({ index }) => index)}::int[]) AS k(event_id, seat_index)
    ${seatOf(sql`(k.event_id, k.seat_index)`)}
    JOIN venue_seats v ON v.venue_id = s.venue_id AND v.seat_index = s.seat_index`);
}

/** Reads seats like `readSeats`, except those of drafts of other organizers. */
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
    ${seatOf(sql`(e.id, k.seat_index)`)}
    JOIN venue_seats v ON v.venue_id = s.venue_id AND v.seat_index = s.seat_index`);
}

/** Reads the seats of bookings, ordered by index. Includes ended bookings, with the seats that they had. */
export async function readSeatsOfBookings(
  db: PrismaClient,
  bookings: readonly { readonly eventId: number; readonly id: string }[],
): Promise<(SeatRow & { readonly bookingId: string })[]> {
  return db.$queryRaw<(SeatRow & { readonly bookingId: string })[]>(sql`/* readSeatsOfBookings */
    SELECT c.booking_id AS "bookingId", ${columns}
    FROM unnest(${bookings.map(({ eventId }) => eventId)}::int[], ${bookings.map(({ id }) => id)}::uuid[]) AS k(event_id, id)
    CROSS JOIN LATERAL (
      SELECT event_id, booking_id, seat_index FROM booking_seats
      WHERE event_id = k.event_id AND booking_id = k.id OFFSET 0) AS c
    ${seatOf(sql`(c.event_id, c.seat_index)`)}
    JOIN venue_seats v ON v.venue_id = s.venue_id AND v.seat_index = s.seat_index
    ORDER BY s.event_id, s.seat_index`);
}
