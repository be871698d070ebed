import type { BookingStatus } from '../../generated/prisma/enums.ts';
import { emptySql, sql, type PrismaClient, type Sql } from '../../platform/database/db.ts';
import type { BookingCursor } from '../schema/pagination/cursors.ts';
import type { Page } from '../schema/pagination/page-args.ts';

export interface BookingFilter {
  /** The status that bookings read as at `nowMs`; null: any. */
  readonly status: BookingStatus | null;
  readonly nowMs: number;
}

export interface BookingKey {
  readonly eventId: number;
  readonly id: string;
}

/**
 * The same page of each event's bookings, newest first, in one statement. Rows come in the page's direction, one more
 * than its size if there are as many.
 */
export async function readBookingPages(
  db: PrismaClient,
  eventIds: readonly number[],
  filter: BookingFilter,
  page: Page<BookingCursor>,
): Promise<BookingKey[]> {
  return db.$queryRaw<BookingKey[]>(bookingPages(eventIds, filter, page));
}

/**
 * Each set of rows has an index of its own, in the order of the page, so that the work is that of the page, whatever the
 * statistics say. Holds are the exception: the hold path gets no index for this, and an event has few of them at a time.
 */
export function bookingPages(
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
  const parts = rowsOf(filter).map(
    (rows) => sql`(SELECT b.event_id, b.id FROM ${rows} AS b
    WHERE b.event_id = e.id ${range} ORDER BY b.id ${order} LIMIT ${limit})`,
  );
  return sql`/* readBookingPages */
    SELECT page.event_id AS "eventId", page.id FROM unnest(${eventIds}::int[]) AS e(id) CROSS JOIN LATERAL (
      SELECT * FROM (${unionAll(parts)}) AS part ORDER BY id ${order} LIMIT ${limit}) AS page`;
}

/** The number of bookings of each event that the filter finds, in one statement. */
export async function countBookings(
  db: PrismaClient,
  eventIds: readonly number[],
  filter: BookingFilter,
): Promise<ReadonlyMap<number, number>> {
  const rows = await db.$queryRaw<{ eventId: number; count: number }[]>(bookingCounts(eventIds, filter));
  return new Map(rows.map(({ eventId, count }) => [eventId, count]));
}

export function bookingCounts(eventIds: readonly number[], filter: BookingFilter): Sql {
  const parts = rowsOf(filter).map(
    (rows) => sql`(SELECT count(*) AS found FROM ${rows} AS b WHERE b.event_id = e.id)`,
  );
  return sql`/* countBookings */
    SELECT e.id AS "eventId", total.count FROM unnest(${eventIds}::int[]) AS e(id) CROSS JOIN LATERAL (
      SELECT sum(found)::int AS count FROM (${unionAll(parts)}) AS part) AS total`;
}

/**
 * The sets of rows that read as a status, as `statusAt` says. A status is part of the text, not a parameter: a partial
 * index serves no statement that may get any status.
 */
function rowsOf({ status, nowMs }: BookingFilter): Sql[] {
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
        holds(sql`hold_expires_at <= ${now}`),
      ];
    case 'HOLD':
      return [holds(sql`hold_expires_at > ${now}`)];
  }
}

/** OFFSET 0 keeps the planner from walking all bookings in order, or all deadlines, in search of an event's holds. */
function holds(condition: Sql): Sql {
  return sql`(SELECT event_id, id FROM (
    SELECT event_id, id, hold_expires_at FROM bookings WHERE event_id = e.id AND status = 'HOLD' OFFSET 0) AS open
    WHERE ${condition})`;
}

function unionAll(parts: readonly Sql[]): Sql {
  return parts.reduce((all, part) => sql`${all} UNION ALL ${part}`);
}
