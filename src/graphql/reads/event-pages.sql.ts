import type { EventStatus } from '../../generated/prisma/enums.ts';
import { emptySql, sql, type PrismaClient } from '../../platform/database/db.ts';
import type { EventCursor } from '../schema/pagination/cursors.ts';
import type { Page } from '../schema/pagination/page-args.ts';

export interface EventFilter {
  /** Only events of this organizer, drafts included; null: of all. */
  readonly organizerId: string | null;
  /** Sees drafts of their own. */
  readonly viewerId: string | null;
  /** The status that events read as at `nowMs`. */
  readonly status: EventStatus | null;
  /** Events that start at this instant or later. */
  readonly startsFrom: Date | null;
  /** Events that start before this instant. */
  readonly startsBefore: Date | null;
  readonly nowMs: number;
  readonly defaultHoldTtlMs: number;
}

/** The key that an event is listed by. */
export interface EventKey {
  readonly id: number;
  readonly startsAt: Date;
}

/**
 * A page of events: first those that start at `asOf` or later, the next one first, then the past ones, the last one
 * first. `asOf` is fixed for all pages of a list, so that no event changes its place in it as time goes by. Rows come in
 * the page's direction, one more than its size if there are as many.
 */
export async function readEventPage(
  db: PrismaClient,
  filter: EventFilter,
  page: Page<EventCursor>,
  asOf: Date,
): Promise<EventKey[]> {
  const { after, before, backward, inclusive } = page;
  const limit = page.size + 1;
  const split = instant(asOf);
  const isPast = (cursor: EventCursor) => cursor.startsAt < asOf;
  const forward = backward ? sql`DESC` : sql`ASC`;
  const reverse = backward ? sql`ASC` : sql`DESC`;
  const later = inclusive ? sql`>=` : sql`>`;
  const earlier = inclusive ? sql`<=` : sql`<`;
  const upcoming = [
    sql`e.starts_at >= ${split}`,
    ...(after === null
      ? []
      : [isPast(after) ? sql`false` : sql`(e.starts_at, e.id) ${later} ${keyOf(after)}`]),
    ...(before === null || isPast(before) ? [] : [sql`(e.starts_at, e.id) ${earlier} ${keyOf(before)}`]),
  ];
  const past = [
    sql`e.starts_at < ${split}`,
    ...(after === null || !isPast(after) ? [] : [sql`(e.starts_at, e.id) ${earlier} ${keyOf(after)}`]),
    ...(before === null
      ? []
      : [isPast(before) ? sql`(e.starts_at, e.id) ${later} ${keyOf(before)}` : sql`false`]),
  ];
  return db.$queryRaw<EventKey[]>(sql`/* readEventPage */
    SELECT id, starts_at AS "startsAt" FROM (
      (SELECT e.id, e.starts_at, 1 AS sign FROM events e WHERE ${filtered(filter)} AND ${all(upcoming)}
       ORDER BY e.starts_at ${forward}, e.id ${forward} LIMIT ${limit})
      UNION ALL
      (SELECT e.id, e.starts_at, -1 AS sign FROM events e WHERE ${filtered(filter)} AND ${all(past)}
       ORDER BY e.starts_at ${reverse}, e.id ${reverse} LIMIT ${limit})) AS page
    ORDER BY sign ${reverse}, sign * extract(epoch FROM starts_at) ${forward}, sign * id ${forward} LIMIT ${limit}`);
}

export async function countEvents(db: PrismaClient, filter: EventFilter): Promise<number> {
  const [row] = await db.$queryRaw<[{ count: number }]>(sql`/* countEvents */
    SELECT count(*)::int AS count FROM events e WHERE ${filtered(filter)}`);
  return row.count;
}

function filtered({ organizerId, viewerId, status, startsFrom, startsBefore, ...clock }: EventFilter) {
  return sql`${visible(organizerId, viewerId)}
    ${status === null ? emptySql : sql`AND ${reads(status, clock)}`}
    ${startsFrom === null ? emptySql : sql`AND e.starts_at >= ${instant(startsFrom)}`}
    ${startsBefore === null ? emptySql : sql`AND e.starts_at < ${instant(startsBefore)}`}`;
}

function visible(organizerId: string | null, viewerId: string | null) {
  if (organizerId !== null) return sql`e.organizer_id = ${organizerId}::uuid`; // guard: organizer-events
  if (viewerId === null) return sql`e.status <> 'DRAFT'`; // guard: draft-pages
  return sql`(e.status <> 'DRAFT' OR e.organizer_id = ${viewerId}::uuid)`;
}

/** `getEventStatus` as a condition. */
function reads(status: EventStatus, clock: Pick<EventFilter, 'nowMs' | 'defaultHoldTtlMs'>) {
  const ttl = sql`coalesce(e.hold_ttl_ms, ${clock.defaultHoldTtlMs}::int)`;
  const longest = sql`greatest(${ttl}, least(${ttl} + coalesce(e.hold_extension_ms, 0), e.hold_lifetime_max_ms))`;
  const isOver = sql`e.sale_ends_at + ${longest} * interval '1 millisecond' <= ${instant(new Date(clock.nowMs))}`;
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

function keyOf({ startsAt, id }: EventCursor) {
  return sql`(${instant(startsAt)}, ${id}::int)`;
}

/** By number: PostgreSQL does not read what JavaScript writes for years beyond 9999. */
function instant(date: Date) {
  return sql`(timestamptz 'epoch' + ${date.getTime()}::float8 * interval '1 millisecond')`;
}

function all(conditions: readonly ReturnType<typeof instant>[]) {
  return conditions.reduce((joined, condition) => sql`${joined} AND ${condition}`);
}
