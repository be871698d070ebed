import { builder } from '../builder.ts';
import { pageCost } from '../pagination/page-args.ts';
import { EventStatus } from '../types/enums/event-status.ts';
import { EventConnection, eventConnection } from '../types/event-connection.ts';

builder.queryField('events', (t) =>
  t.field({
    type: EventConnection,
    description:
      'Events by the time that they start: upcoming ones first, the next one at the top, then past ones, the last one first. Drafts are among them for their organizer alone.',
    args: {
      ...t.arg.connectionArgs(),
      status: t.arg({ type: EventStatus, description: 'Only events that read as this status.' }),
      startsFrom: t.arg({
        type: 'DateTime',
        description: 'Only events that start at this instant or later.',
      }),
      startsBefore: t.arg({ type: 'DateTime', description: 'Only events that start before this instant.' }),
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
