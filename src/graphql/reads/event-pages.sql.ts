import type { EventStatus } from '../../generated/prisma/enums.ts';
import { emptySql, sql, type PrismaClient } from '../../platform/database/db.ts';
import type { Page, EventCursor } from './pagination.ts';

export interface EventFilter {
  /** Only events of this organizer, including drafts; null for events of all organizers. */
  readonly organizerId: string | null;
  /** The organizer who calls and also sees their own drafts; null for other callers. */
  readonly viewerId: string | null;
  /** The status at `nowMs`; null for any. See `getEventStatus`. */
  readonly status: EventStatus | null;
  /** Only events whose name or venue's name contains this text, in any case; null for all. */
  readonly search: string | null;
  /** Only events that start at or after this time. */
  readonly startsFrom: Date | null;
  /** Only events that start before this time. */
  readonly startsBefore: Date | null;
  readonly nowMs: number;
  readonly defaultHoldTtlMs: number;
}

/** The sort key of an event. */
interface EventKey {
  readonly id: number;
  readonly startsAt: Date;
}

/**
 * Reads a page of events: first those that start at or after `asOf`, next one first, then past events, latest first.
 * `asOf` is the same for all pages of a list, so events do not change position as time passes. Rows are in the direction
 * of the page, with one row more than its size if more exist.
 */
export async function readEventPage(
  db: PrismaClient,
  filter: EventFilter,
  page: Page<EventCursor>,
  asOf: Date,
): Promise<EventKey[]> {
  const { after, before, backward, inclusive } = page;
  const limit = page.size + 1;
  const split = toTimestamp(asOf);
  const isPast = (cursor: EventCursor) => cursor.startsAt < asOf;
  const forward = backward ? sql`DESC` : sql`ASC`;
  const reverse = backward ? sql`ASC` : sql`DESC`;
  const later = inclusive ? sql`>=` : sql`>`;
  const earlier = inclusive ? sql`<=` : sql`<`;
  const upcoming = [
    sql`e.starts_at >= ${split}`,
    ...(after === null
      ? []
      : [isPast(after) ? sql`false` : sql`(e.starts_at, e.id) ${later} ${toRow(after)}`]),
    ...(before === null || isPast(before) ? [] : [sql`(e.starts_at, e.id) ${earlier} ${toRow(before)}`]),
  ];
  const past = [
    sql`e.starts_at < ${split}`,
    ...(after === null || !isPast(after) ? [] : [sql`(e.starts_at, e.id) ${earlier} ${toRow(after)}`]),
    ...(before === null
      ? []
      : [isPast(before) ? sql`(e.starts_at, e.id) ${later} ${toRow(before)}` : sql`false`]),
  ];
  return db.$queryRaw<EventKey[]>(sql`/* readEventPage */
    SELECT id, starts_at AS "startsAt" FROM (
      (SELECT e.id, e.starts_at, 1 AS sign FROM events e WHERE ${matches(filter)} AND ${allOf(upcoming)}
       ORDER BY e.starts_at ${forward}, e.id ${forward} LIMIT ${limit})
      UNION ALL
      (SELECT e.id, e.starts_at, -1 AS sign FROM events e WHERE ${matches(filter)} AND ${allOf(past)}
       ORDER BY e.starts_at ${reverse}, e.id ${reverse} LIMIT ${limit})) AS page
    ORDER BY sign ${reverse}, sign * extract(epoch FROM starts_at) ${forward}, sign * id ${forward} LIMIT ${limit}`);
}

/** Counts the matching events. */
export async function countEvents(db: PrismaClient, filter: EventFilter): Promise<number> {
  const [row] = await db.$queryRaw<[{ count: number }]>(sql`/* countEvents */
    SELECT count(*)::int AS count FROM events e WHERE ${matches(filter)}`);
  return row.count;
}

function matches({ organizerId, viewerId, status, search, startsFrom, startsBefore, ...clock }: EventFilter) {
  return sql`${isVisible(organizerId, viewerId)}
    ${status === null ? emptySql : sql`AND ${hasStatus(status, clock)}`}
    ${search === null ? emptySql : sql`AND ${contains(search)}`}
    ${startsFrom === null ? emptySql : sql`AND e.starts_at >= ${toTimestamp(startsFrom)}`}
    ${startsBefore === null ? emptySql : sql`AND e.starts_at < ${toTimestamp(startsBefore)}`}`;
}

/** A pattern as a literal text: `%`, `_` and the escape character stand for themselves. */
function contains(search: string) {
  const pattern = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`; // guard: search-literal
  return sql`(e.name ILIKE ${pattern} OR EXISTS (SELECT FROM venues v WHERE v.id = e.venue_id AND v.name ILIKE ${pattern}))`;
}

function isVisible(organizerId: string | null, viewerId: string | null) {
  if (organizerId !== null) return sql`e.organizer_id = ${organizerId}::uuid`; // guard: organizer-events
  if (viewerId === null) return sql`e.status <> 'DRAFT'`; // guard: draft-pages
  return sql`(e.status <> 'DRAFT' OR e.organizer_id = ${viewerId}::uuid)`;
}

/** Returns `getEventStatus` as an SQL condition. */
function hasStatus(status: EventStatus, clock: Pick<EventFilter, 'nowMs' | 'defaultHoldTtlMs'>) {
  const ttl = sql`coalesce(e.hold_ttl_ms, ${clock.defaultHoldTtlMs}::int)`;
  const longest = sql`greatest(${ttl}, least(${ttl} + coalesce(e.hold_extension_ms, 0), e.hold_lifetime_max_ms))`;
  const isOver = sql`e.sale_ends_at + ${longest} * interval '1 millisecond' <= ${toTimestamp(new Date(clock.nowMs))}`;
  switch (status) {
    case 'DRAFT':
    case 'CANCELED':
      return sql`e.status = ${status}::event_status`;
    case 'ON_SALE':
    case 'PAUSED':
      // guard: ended-event-filter
      return sql`e.status = ${status}::event_status AND NOT ${isOver}`;
    case 'ENDED':
      return sql`(e.status = 'ENDED' OR e.status IN ('ON_SALE', 'PAUSED') AND ${isOver})`;
  }
}

function toRow({ startsAt, id }: EventCursor) {
  return sql`(${toTimestamp(startsAt)}, ${id}::int)`;
}

/** Converts a date by its number: PostgreSQL cannot parse the ISO strings that JavaScript writes for years after 9999. */
function toTimestamp(date: Date) {
  return sql`(timestamptz 'epoch' + ${date.getTime()}::float8 * interval '1 millisecond')`;
}

function allOf(conditions: readonly ReturnType<typeof toTimestamp>[]) {
  return conditions.reduce((joined, condition) => sql`${joined} AND ${condition}`);
}
