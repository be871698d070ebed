import { sql, type PrismaClient } from '../../platform/db.ts';
import type { SeatMapSnapshot } from '../../seating/seat-map.sql.ts';
import { SeatStates } from '../../seating/seat-states.ts';

/** The maps of several events in one statement: of each, version and states belong together. */
export async function readSeatMaps(
  db: PrismaClient,
  eventIds: readonly number[],
): Promise<ReadonlyMap<number, SeatMapSnapshot>> {
  const rows = await db.$queryRaw<
    { id: number; version: number; digits: string | null }[]
  >(sql`/* readSeatMaps */
    SELECT e.id, e.seat_version AS version,
      (SELECT string_agg(CASE s.status WHEN 'AVAILABLE' THEN '0' WHEN 'HELD' THEN '1' WHEN 'BOOKED' THEN '2' ELSE '3' END,
                         '' ORDER BY s.seat_index)
       FROM event_seats s WHERE s.event_id = e.id) AS digits
    FROM events e WHERE e.id = ANY(${eventIds}::int[])`);
  return new Map(
    rows.map(({ id, version, digits }) => [id, { version, states: SeatStates.fromDigits(digits ?? '') }]),
  );
}
