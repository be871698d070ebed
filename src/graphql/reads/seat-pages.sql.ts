import type { SeatStatus } from '../../generated/prisma/enums.ts';
import { emptySql, sql, type PrismaClient } from '../../platform/database/db.ts';
import type { SeatRow } from './seats.sql.ts';

export interface SeatFilter {
  readonly status: SeatStatus | null;
  readonly section: string | null;
}

interface SeatPage extends SeatFilter {
  /** Only seats with a greater index; null for no limit. */
  readonly after: number | null;
  /** Only seats with a smaller index; null for no limit. */
  readonly before: number | null;
  /** True if the page counts from the end of the list. */
  readonly backward: boolean;
  /** True if the seats at `after` and `before` belong to the page. */
  readonly inclusive: boolean;
  readonly limit: number;
}

/** Reads the same page of each event's seats, in one statement. Rows are ordered by index, descending if `backward`. */
export async function readSeatPages(
  db: PrismaClient,
  eventIds: readonly number[],
  { after, before, backward, inclusive, limit, status, section }: SeatPage,
): Promise<SeatRow[]> {
  const greater = inclusive ? sql`>=` : sql`>`;
  const lesser = inclusive ? sql`<=` : sql`<`;
  return db.$queryRaw<SeatRow[]>(sql`/* readSeatPages */
    SELECT page.* FROM unnest(${eventIds}::int[]) AS e(id) CROSS JOIN LATERAL (
      SELECT s.event_id AS "eventId", s.seat_index AS "index", s.tier_index AS "tierIndex", s.status,
             v.section, v."row", v.number, v.label
      FROM event_seats s JOIN venue_seats v ON v.venue_id = s.venue_id AND v.seat_index = s.seat_index
      WHERE s.event_id = e.id
        ${after === null ? emptySql : sql`AND s.seat_index ${greater} ${after}`}
        ${before === null ? emptySql : sql`AND s.seat_index ${lesser} ${before}`}
        ${status === null ? emptySql : sql`AND s.status = ${status}::seat_status`}
        ${section === null ? emptySql : sql`AND v.section = ${section}`}
      ORDER BY s.seat_index ${backward ? sql`DESC` : emptySql} LIMIT ${limit}) AS page`);
}

/** Counts the matching seats of each event. Without a section, the counters in the event's row are enough. */
export async function countSeats(
  db: PrismaClient,
  eventIds: readonly number[],
  { status, section }: SeatFilter,
): Promise<ReadonlyMap<number, number>> {
  const rows = await db.$queryRaw<{ id: number; count: number }[]>(
    section === null
      ? sql`/* countSeats */ SELECT id, ${selectCounter(status)} AS count FROM events WHERE id = ANY(${eventIds}::int[])`
      : sql`/* countSeatsOfSection */
          SELECT s.event_id AS id, count(*)::int AS count
          FROM event_seats s JOIN venue_seats v ON v.venue_id = s.venue_id AND v.seat_index = s.seat_index
          WHERE s.event_id = ANY(${eventIds}::int[]) AND v.section = ${section}
            ${status === null ? emptySql : sql`AND s.status = ${status}::seat_status`}
          GROUP BY s.event_id`,
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}

function selectCounter(status: SeatStatus | null) {
  switch (status) {
    case null:
      return sql`seats_total`;
    case 'AVAILABLE':
      return sql`seats_total - seats_held - seats_booked - seats_blocked`;
    case 'HELD':
      return sql`seats_held`;
    case 'BOOKED':
      return sql`seats_booked`;
    case 'BLOCKED':
      return sql`seats_blocked`;
  }
}
