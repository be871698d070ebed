import { builder } from '../schema/builder.ts';
import { connectionOf } from '../schema/pagination/connection.ts';
import { parseVenueCursor, venueCursor } from '../schema/pagination/cursors.ts';
import { pageCost, pageOf, type Page } from '../schema/pagination/page-args.ts';
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
    description: 'A page of a list of venues.',
    fields: (t) => ({
      totalCount: t.int({
        description: 'The total number of venues on all pages.',
        resolve: ({ countAll }) => countAll(),
      }),
    }),
  },
  { name: 'VenueEdge', description: 'A venue and its cursor.' },
);

/** What organizers read of their own. */
builder.objectFields(Viewer, (t) => ({
  venues: t.field({
    type: VenueConnection,
    nullable: true,
    description: "The caller's venues, newest first. Organizers only: other callers get a FORBIDDEN error.",
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
      'The events that the caller organizes, including drafts, in the order of `Query.events`. Organizers only: other callers get a FORBIDDEN error.',
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
  // guard: organizer-venues
  return { where: { AND: [{ organizerId }, older, newer] }, orderBy: { id: direction }, take: size + 1 };
}
