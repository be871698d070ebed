import { readEventConnection } from '../../reads/events.ts';
import { pageCost } from '../../reads/pagination.ts';
import { builder } from '../../schema/builder.ts';
import { EventConnection, EventStatus } from '../../schema/event.ts';

builder.queryField('events', (t) =>
  t.field({
    type: EventConnection,
    description:
      'Returns events: first upcoming events, next one first, then past events, latest first. Drafts are included only for their organizer.',
    args: {
      ...t.arg.connectionArgs(),
      status: t.arg({ type: EventStatus, description: 'Returns only events in this status.' }),
      search: t.arg.string({
        description:
          'Returns only events whose name, or the name of whose venue, contains this text, in any case: 1 to 100 characters.',
      }),
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
    resolve: (_root, args, ctx, info) => readEventConnection(ctx, info, null, args),
  }),
);
