import { sql, type Tx } from '../../platform/database/db.ts';
import type { VenueRows } from './venue-rows.ts';

/**
 * Inserts a venue; null if the organizer has one with this plan. Waits for a concurrent transaction that inserts it.
 */
export async function insertVenue(
  tx: Tx,
  { organizerId, timeZone }: { readonly organizerId: string; readonly timeZone: string },
  { name, width, height, categories, areas, planHash, seatCount }: Omit<VenueRows, 'seats'>,
): Promise<number | null> {
  const [row] = await tx.$queryRaw<{ id: number }[]>(sql`/* insertVenue */
    INSERT INTO venues (organizer_id, name, seat_count, plan_hash, time_zone, width, height, categories, areas)
    VALUES (${organizerId}::uuid, ${name}, ${seatCount}::int, ${planHash}, ${timeZone},
            ${width}::float8, ${height}::float8, ${categories}::jsonb, ${areas}::jsonb)
    ON CONFLICT (organizer_id, plan_hash) DO NOTHING
    RETURNING id`);
  return row?.id ?? null;
}

/**
 * Finds a venue by its plan. A separate statement after insertVenue, because only that sees what insertVenue waited
 * for.
 */
export async function findVenue(
  tx: Tx,
  organizerId: string,
  planHash: string,
): Promise<{ id: number; timeZone: string } | null> {
  const [row] = await tx.$queryRaw<{ id: number; timeZone: string }[]>(sql`/* findVenue */
    SELECT id, time_zone AS "timeZone" FROM venues WHERE organizer_id = ${organizerId}::uuid AND plan_hash = ${planHash}`);
  return row ?? null;
}

/**
 * Inserts seats from a JSON array of `PlanSeat` objects. Compared with an array per column, JSON takes the client a
 * tenth of the CPU for 80,000 seats, and the server the same time.
 */
export async function insertVenueSeats(tx: Tx, venueId: number, seats: string): Promise<number> {
  return tx.$executeRaw(sql`/* insertVenueSeats */
    INSERT INTO venue_seats (venue_id, seat_index, guid, section, "row", number, label, category, x, y)
    SELECT ${venueId}::int, seat."index", guid, section, "row", number, label, category, x, y
    FROM json_to_recordset(${seats}::json)
      AS seat ("index" int, guid text, section text, "row" text, number text, label text, category int2, x float8, y float8)`);
}
