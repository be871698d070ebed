import { builder } from '../builder.ts';
import { connectionOf } from '../pagination/connection.ts';
import { parseVenueCursor, venueCursor } from '../pagination/cursors.ts';
import { pageCost, pageOf, type Page } from '../pagination/page-args.ts';
import { selectionFor } from '../reads/selection.ts';
import { EventStatus } from './enums/event-status.ts';
import { EventConnection, eventConnection } from './event-connection.ts';
import { Venue } from './venue.ts';
import { Viewer } from './viewer.ts';

const VenueConnection = builder.connectionObject<
  typeof Venue,
  { readonly countAll: () => Promise<number> },
  false,
  false
>(
  {
    type: Venue,
    name: 'VenueConnection',
    description: 'A page of venues.',
    fields: (t) => ({
      totalCount: t.int({
        description: 'How many venues there are on all pages together.',
        resolve: ({ countAll }) => countAll(),
      }),
    }),
  },
  { name: 'VenueEdge', description: 'A venue in a connection.' },
);

/** What organizers read of their own. */
builder.objectFields(Viewer, (t) => ({
  venues: t.field({
    type: VenueConnection,
    nullable: true,
    description: "The caller's own venues, the newest first. For organizers; FORBIDDEN for others.",
    args: t.arg.connectionArgs(),
    complexity: pageCost,
    authScopes: { organizer: true },
    resolve: async ({ userId: organizerId }, args, ctx, info) => {
      const { reads } = ctx.database;
      const page = pageOf(args, parseVenueCursor);
      const read = (some: Page<number>, selection: object) =>
        reads.venue.findMany({ ...selection, ...pageQuery(some, organizerId) });
      const venues = await read(page, selectionFor(ctx, info, { path: ['edges', 'node'] }));
      const hasRows = async (beyond: Page<number>) =>
        (await read(beyond, { select: { id: true } })).length > 0;
      return {
        ...connectionOf(page, venues, venueCursor, hasRows),
        countAll: () => reads.venue.count({ where: { organizerId } }),
      };
    },
  }),
  events: t.field({
    type: EventConnection,
    nullable: true,
    description:
      "The caller's own events, drafts included, in the order of `Query.events`. For organizers; FORBIDDEN for others.",
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
    authScopes: { organizer: true },
    resolve: ({ userId }, { status, startsFrom, startsBefore, ...args }, ctx, info) =>
      eventConnection(ctx, info, args, {
        organizerId: userId,
        viewerId: userId,
        status: status ?? null,
        startsFrom: startsFrom ?? null,
        startsBefore: startsBefore ?? null,
      }),
  }),
}));

function pageQuery({ after, before, backward, inclusive, size }: Page<number>, organizerId: string) {
  const older = after === null ? {} : { id: inclusive ? { lte: after } : { lt: after } };
  const newer = before === null ? {} : { id: inclusive ? { gte: before } : { gt: before } };
  const direction = backward ? ('asc' as const) : ('desc' as const);
  return { where: { AND: [{ organizerId }, older, newer] }, orderBy: { id: direction }, take: size + 1 };
}
