import { builder } from '../builder.ts';
import { connectionOf } from '../pagination/connection.ts';
import { eventCursor, parseEventCursor } from '../pagination/cursors.ts';
import { pageCost, pageOf } from '../pagination/page-args.ts';
import { countEvents, readEventPage, type EventFilter } from '../reads/event-pages.sql.ts';
import { selectionFor } from '../reads/selection.ts';
import { EventStatus } from '../types/enums/event-status.ts';
import { Event } from '../types/event.ts';

builder.queryField('events', (t) =>
  t.connection(
    {
      type: Event,
      description:
        'Events by the time that they start: upcoming ones first, the next one at the top, then past ones, the last one first. Drafts are among them for their organizer alone.',
      args: {
        status: t.arg({ type: EventStatus, description: 'Only events that read as this status.' }),
        startsFrom: t.arg({
          type: 'DateTime',
          description: 'Only events that start at this instant or later.',
        }),
        startsBefore: t.arg({ type: 'DateTime', description: 'Only events that start before this instant.' }),
      },
      complexity: pageCost,
      resolve: async (_root, { status, startsFrom, startsBefore, ...args }, ctx, info) => {
        const page = pageOf(args, parseEventCursor);
        const filter: EventFilter = {
          viewerId: ctx.viewer?.userId ?? null,
          status: status ?? null,
          startsFrom: startsFrom ?? null,
          startsBefore: startsBefore ?? null,
          nowMs: ctx.clock.nowMs(),
          defaultHoldTtlMs: ctx.defaultHoldTtlMs,
        };
        const { asOf } = page.after ?? page.before ?? { asOf: new Date(filter.nowMs) };
        const { reads } = ctx.database;
        const keys = await readEventPage(reads, filter, page, asOf);
        const rows = await reads.event.findMany({
          ...selectionFor(ctx, info, { path: ['edges', 'node'] }),
          where: { id: { in: keys.map(({ id }) => id) } },
        });
        const byId = new Map(rows.map((row) => [row.id, row]));
        const events = keys.flatMap(({ id }) => byId.get(id) ?? []);
        const cursorOf = (key: { id: number; startsAt: Date }) => eventCursor({ asOf, ...key });
        return { ...connectionOf(page, events, cursorOf), filter };
      },
    },
    {
      name: 'EventConnection',
      description: 'A page of events.',
      fields: (t) => ({
        totalCount: t.int({
          description: 'How many events there are on all pages together.',
          resolve: ({ filter }, _args, { database }) => countEvents(database.reads, filter),
        }),
      }),
    },
    { name: 'EventEdge', description: 'An event in a connection.' },
  ),
);
