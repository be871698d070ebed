import type { BookingStatus } from '../../generated/prisma/enums.ts';
import { emptySql, sql, type PrismaClient, type Sql } from '../../platform/database/db.ts';
import { holdDeadline } from '../../platform/service/outages.sql.ts';
import type { Page, BookingCursor } from './pagination.ts';

export interface BookingFilter {
  /** The status at `nowMs`; null for any. See `getBookingStatus`. */
  readonly status: BookingStatus | null;
  readonly nowMs: number;
}

export interface BookingKey {
  readonly eventId: number;
  readonly id: string;
}

/**
 * Reads the same page of each event's bookings, newest first, in one statement. Rows are in the direction of the page, with
 * one row more than its size if more exist.
 */
export async function readBookingPages(
  db: PrismaClient,
  eventIds: readonly number[],
  filter: BookingFilter,
  page: Page<BookingCursor>,
): Promise<BookingKey[]> {
  return db.$queryRaw<BookingKey[]>(buildBookingPages(eventIds, filter, page));
}

/**
 * Builds the statement of `readBookingPages`. Each set of rows has its own index in the order of the page, so the cost
 * depends on the page size, whatever the statistics say. Holds are the exception: an index would slow the hold path, and
 * an event has few holds at a time.
 */
export function buildBookingPages(
  eventIds: readonly number[],
  filter: BookingFilter,
  { after, before, backward, inclusive, size }: Page<BookingCursor>,
): Sql {
  const older = inclusive ? sql`<=` : sql`<`;
  const newer = inclusive ? sql`>=` : sql`>`;
  const order = backward ? sql`ASC` : sql`DESC`;
  const limit = size + 1;
  const range = sql`
    ${after === null ? emptySql : sql`AND b.id ${older} ${after.id}::uuid`}
    ${before === null ? emptySql : sql`AND b.id ${newer} ${before.id}::uuid`}`;
  const parts = selectRows(filter).map(
    (rows) => sql`(SELECT b.event_id, b.id FROM ${rows} AS b
    WHERE b.event_id = e.id ${range} ORDER BY b.id ${order} LIMIT ${limit})`,
  );
  return sql`/* readBookingPages */
    SELECT page.event_id AS "eventId", page.id FROM unnest(${eventIds}::int[]) AS e(id) CROSS JOIN LATERAL (
      SELECT * FROM (${unionAll(parts)}) AS part ORDER BY id ${order} LIMIT ${limit}) AS page`;
}

/** Counts the matching bookings of each event, in one statement. */
export async function countBookings(
  db: PrismaClient,
  eventIds: readonly number[],
  filter: BookingFilter,
): Promise<ReadonlyMap<number, number>> {
  const rows = await db.$queryRaw<{ eventId: number; count: number }[]>(buildBookingCounts(eventIds, filter));
  return new Map(rows.map(({ eventId, count }) => [eventId, count]));
}

/** Builds the statement of `countBookings`. */
export function buildBookingCounts(eventIds: readonly number[], filter: BookingFilter): Sql {
  const parts = selectRows(filter).map(
    (rows) => sql`(SELECT count(*) AS found FROM ${rows} AS b WHERE b.event_id = e.id)`,
  );
  return sql`/* countBookings */
    SELECT e.id AS "eventId", total.count FROM unnest(${eventIds}::int[]) AS e(id) CROSS JOIN LATERAL (
      SELECT sum(found)::int AS count FROM (${unionAll(parts)}) AS part) AS total`;
}

/**
 * Returns the sets of rows with a status, as `getBookingStatus` defines it. The status is part of the text, not a
 * parameter, because a statement whose status is a parameter cannot use a partial index.
 */
function selectRows({ status, nowMs }: BookingFilter): Sql[] {
  const now = sql`${new Date(nowMs).toISOString()}::timestamptz`;
  switch (status) {
    case null:
      return [sql`bookings`];
    case 'CONFIRMED':
      return [sql`(SELECT event_id, id FROM bookings WHERE status = 'CONFIRMED')`];
    case 'RELEASED':
      return [sql`(SELECT event_id, id FROM bookings WHERE status = 'RELEASED')`];
    case 'CANCELED':
      return [sql`(SELECT event_id, id FROM bookings WHERE status = 'CANCELED')`];
    case 'EXPIRED':
      return [
        sql`(SELECT event_id, id FROM bookings WHERE status = 'EXPIRED')`,
        selectHolds(sql`hold_expires_at <= ${now} AND ${holdDeadline(sql`open`)} <= ${now}`),
      ];
    case 'HOLD':
      return [selectHolds(sql`(hold_expires_at > ${now} OR ${holdDeadline(sql`open`)} > ${now})`)];
  }
}

/** Selects holds. OFFSET 0 stops the planner from scanning all bookings, or all deadlines, for the holds of one event. */
function selectHolds(condition: Sql): Sql {
  return sql`(SELECT event_id, id FROM (
    SELECT event_id, id, created_at, hold_expires_at FROM bookings WHERE event_id = e.id AND status = 'HOLD' OFFSET 0) AS open
    WHERE ${condition})`;
}

function unionAll(parts: readonly Sql[]): Sql {
  return parts.reduce((all, part) => sql`${all} UNION ALL ${part}`);
}
