import type { GraphQLResolveInfo } from 'graphql';
import type { EventStatus } from '../../generated/prisma/enums.ts';
import { findNameFault } from '../../catalog/names.ts';
import type { GraphQLContext } from '../context.ts';
import { badUserInput } from '../engine/errors/graphql-error.ts';
import { readEventPage, type EventFilter } from './event-pages.sql.ts';
import {
  parsePageArgs,
  toConnection,
  type ConnectionArgs,
  encodeEventCursor,
  parseEventCursor,
} from './pagination.ts';
import { getPrismaSelection } from './prisma-selection.ts';

interface EventConnectionArgs extends ConnectionArgs {
  readonly status?: EventStatus | null | undefined;
  readonly search?: string | null | undefined;
  readonly startsFrom?: Date | null | undefined;
  readonly startsBefore?: Date | null | undefined;
}

const SEARCH_LENGTH_MAX = 100;

/** Trims a search text. Characters that no name can have would be an error of PostgreSQL. */
function parseSearch(search: string): string {
  const fault = findNameFault(search, SEARCH_LENGTH_MAX); // guard: search-length
  if (fault !== null) throw badUserInput(`search ${fault}`);
  return search.trim();
}

/** Reads a page of the events of an organizer, or of all events that the caller may see if `organizerId` is null. */
export async function readEventConnection(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  organizerId: string | null,
  { status, search, startsFrom, startsBefore, ...args }: EventConnectionArgs,
) {
  const page = parsePageArgs(args, parseEventCursor);
  const filter: EventFilter = {
    organizerId,
    viewerId: ctx.viewer?.role === 'ORGANIZER' ? ctx.viewer.userId : null,
    status: status ?? null,
    search: search == null ? null : parseSearch(search),
    startsFrom: startsFrom ?? null,
    startsBefore: startsBefore ?? null,
    nowMs: ctx.clock.nowMs(),
    defaultHoldTtlMs: ctx.defaultHoldTtlMs,
  };
  const { asOf } = page.after ?? page.before ?? { asOf: new Date(filter.nowMs) }; // guard: page-instant
  const { reads } = ctx.database;
  const keys = await readEventPage(reads, filter, page, asOf);
  const rows = await reads.event.findMany({
    ...getPrismaSelection(ctx, info, { path: ['edges', 'node'] }),
    where: { id: { in: keys.map(({ id }) => id) } },
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const events = keys.flatMap(({ id }) => byId.get(id) ?? []);
  const toCursor = (key: { id: number; startsAt: Date }) => encodeEventCursor({ asOf, ...key });
  const connection = toConnection(
    page,
    events,
    toCursor,
    async (adjacent) => (await readEventPage(reads, filter, adjacent, asOf)).length > 0,
  );
  return { ...connection, filter };
}
