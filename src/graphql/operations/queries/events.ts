import { builder } from '../../schema/builder.ts';
import { pageCost } from '../../schema/pagination/page-args.ts';
import { EventStatus } from '../../types/enums/event-status.ts';
import { EventConnection, eventConnection } from '../../types/event-connection.ts';

builder.queryField('events', (t) =>
  t.field({
    type: EventConnection,
    description:
      'Returns events: first upcoming events, next one first, then past events, latest first. Drafts are included only for their organizer.',
    args: {
      ...t.arg.connectionArgs(),
      status: t.arg({ type: EventStatus, description: 'Returns only events in this status.' }),
      startsFrom: t.arg({
        type: 'DateTime',
        description: 'Returns only events that start at or after this time.',
      }),
      startsBefore: t.arg({
        type: 'DateTime',
        description: 'Returns only events that start before this time.',
      }),
    },
    complexity: pageCost,
    resolve: (_root, { status, startsFrom, startsBefore, ...args }, ctx, info) =>
      eventConnection(ctx, info, args, {
        organizerId: null,
        viewerId: ctx.viewer?.userId ?? null,
        status: status ?? null,
        startsFrom: startsFrom ?? null,
        startsBefore: startsBefore ?? null,
      }),
  }),
);
