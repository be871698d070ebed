import type { Prisma } from '../../generated/prisma/client.ts';
import { builder } from '../builder.ts';
import { connectionOf } from '../pagination/connection.ts';
import { eventCursor, parseEventCursor, type EventCursor } from '../pagination/cursors.ts';
import { pageCost, pageOf } from '../pagination/page-args.ts';
import { selectionFor } from '../reads/selection.ts';
import { visibleEvents } from '../reads/visibility.ts';
import { EventStatus } from '../types/enums/event-status.ts';
import { Event } from '../types/event.ts';

builder.queryField('events', (t) =>
  t.connection(
    {
      type: Event,
      description: 'Events by the time that they start. Drafts are among them for their organizer alone.',
      args: { status: t.arg({ type: EventStatus, description: 'Only events in this status.' }) },
      complexity: pageCost,
      resolve: async (_root, { status, ...args }, ctx, info) => {
        const page = pageOf(args, parseEventCursor);
        const found: Prisma.EventWhereInput = { AND: [visibleEvents(ctx), status == null ? {} : { status }] };
        const direction = page.backward ? 'desc' : 'asc';
        const events = await ctx.database.reads.event.findMany({
          ...selectionFor(ctx, info, { path: ['edges', 'node'] }),
          where: { AND: [found, after(page.after), before(page.before)] },
          orderBy: [{ startsAt: direction }, { id: direction }],
          take: page.size + 1,
        });
        return { ...connectionOf(page, events, eventCursor), found };
      },
    },
    {
      name: 'EventConnection',
      description: 'A page of events.',
      fields: (t) => ({
        totalCount: t.int({
          description: 'How many events there are on all pages together.',
          resolve: ({ found }, _args, { database }) => database.reads.event.count({ where: found }),
        }),
      }),
    },
    { name: 'EventEdge', description: 'An event in a connection.' },
  ),
);

function after(cursor: EventCursor | null): Prisma.EventWhereInput {
  if (cursor === null) return {};
  const { startsAt, id } = cursor;
  // The first condition says nothing new, but an index can be searched by it.
  return { startsAt: { gte: startsAt }, OR: [{ startsAt: { gt: startsAt } }, { id: { gt: id } }] };
}

function before(cursor: EventCursor | null): Prisma.EventWhereInput {
  if (cursor === null) return {};
  const { startsAt, id } = cursor;
  return { startsAt: { lte: startsAt }, OR: [{ startsAt: { lt: startsAt } }, { id: { lt: id } }] };
}
