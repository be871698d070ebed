import type { GraphQLResolveInfo } from 'graphql';
import { builder } from '../schema/builder.ts';
import type { GraphQLContext } from '../schema/context.ts';
import { connectionOf } from '../schema/pagination/connection.ts';
import { eventCursor, parseEventCursor } from '../schema/pagination/cursors.ts';
import { pageOf, type ConnectionArgs } from '../schema/pagination/page-args.ts';
import { countEvents, readEventPage, type EventFilter } from '../reads/event-pages.sql.ts';
import { selectionFor } from '../reads/selection.ts';
import { Event } from './event.ts';

export const EventConnection = builder.connectionObject<
  typeof Event,
  { readonly filter: EventFilter },
  false,
  false
>(
  {
    type: Event,
    name: 'EventConnection',
    description: 'A page of a list of events.',
    fields: (t) => ({
      totalCount: t.int({
        description: 'The total number of events on all pages.',
        resolve: ({ filter }, _args, { database }) => countEvents(database.reads, filter),
      }),
    }),
  },
  { name: 'EventEdge', description: 'An event and its cursor.' },
);

/** A page of the events that a filter finds, for fields of type EventConnection. */
export async function eventConnection(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  args: ConnectionArgs,
  wanted: Omit<EventFilter, 'nowMs' | 'defaultHoldTtlMs'>,
) {
  const page = pageOf(args, parseEventCursor);
  const filter = { ...wanted, nowMs: ctx.clock.nowMs(), defaultHoldTtlMs: ctx.defaultHoldTtlMs };
  const { asOf } = page.after ?? page.before ?? { asOf: new Date(filter.nowMs) }; // guard: page-instant
  const { reads } = ctx.database;
  const keys = await readEventPage(reads, filter, page, asOf);
  const rows = await reads.event.findMany({
    ...selectionFor(ctx, info, { path: ['edges', 'node'] }),
    where: { id: { in: keys.map(({ id }) => id) } },
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const events = keys.flatMap(({ id }) => byId.get(id) ?? []);
  const cursorOf = (key: { id: number; startsAt: Date }) => eventCursor({ asOf, ...key });
  const connection = connectionOf(
    page,
    events,
    cursorOf,
    async (other) => (await readEventPage(reads, filter, other, asOf)).length > 0,
  );
  return { ...connection, filter };
}
