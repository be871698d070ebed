import type { PlanArea, PlanCategory } from '../../catalog/seating-plan/seating-plan.ts';
import { sql, type PrismaClient } from '../../platform/database/db.ts';

/** A venue with its seats in slices of SLICE_SEATS, in index order. */
export interface VenueColumns {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly categories: readonly PlanCategory[];
  readonly areas: readonly PlanArea[];
  readonly slices: readonly SeatSlice[];
}

/** Columns of the seats, each an unparsed JSON array: the caller may parse them later or in another thread. */
export interface SeatSlice {
  readonly guid: string;
  readonly section: string;
  readonly row: string;
  readonly number: string;
  /** Null for each seat whose label consists of section, row and number. */
  readonly label: string;
  readonly category: string;
  readonly x: string;
  readonly y: string;
}

/** Number of seats in a slice. Reading them blocks the event loop for some milliseconds; 80,000 at once, for over 50. */
const SLICE_SEATS = 5_000;

/** Reads a venue in several statements. They are consistent, because a plan never changes. */
export async function readVenueColumns(db: PrismaClient, venueId: number): Promise<VenueColumns> {
  const [row] = await db.$queryRaw<
    (Omit<VenueColumns, 'slices'> & { seat_count: number })[]
  >(sql`/* readVenue */
    SELECT name, width, height, categories, areas, seat_count FROM venues WHERE id = ${venueId}`);
  if (row === undefined) throw new Error(`venue ${venueId} does not exist`);
  const { seat_count: seatCount, ...venue } = row;
  const slices: SeatSlice[] = [];
  for (let from = 0; from < seatCount; from += SLICE_SEATS) slices.push(await readSlice(db, venueId, from));
  return { ...venue, slices };
}

async function readSlice(db: PrismaClient, venueId: number, from: number): Promise<SeatSlice> {
  const [slice] = await db.$queryRaw<SeatSlice[]>(sql`/* readVenueSeats */
    SELECT json_agg(guid ORDER BY seat_index)::text AS guid,
           json_agg(section ORDER BY seat_index)::text AS section, json_agg("row" ORDER BY seat_index)::text AS "row",
           json_agg(number ORDER BY seat_index)::text AS number, json_agg(label ORDER BY seat_index)::text AS label,
           json_agg(category ORDER BY seat_index)::text AS category,
           json_agg(x ORDER BY seat_index)::text AS x, json_agg(y ORDER BY seat_index)::text AS y
    FROM venue_seats
    WHERE venue_id = ${venueId} AND seat_index >= ${from}::int AND seat_index < ${from}::int + ${SLICE_SEATS}::int`);
  if (slice?.section == null) throw new Error(`venue ${venueId} has no seats from ${from} on`);
  return slice;
}
