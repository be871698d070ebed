import type { GraphQLResolveInfo } from 'graphql';
import type { GraphQLContext } from '../context.ts';
import {
  parsePageArgs,
  toConnection,
  type ConnectionArgs,
  type Page,
  encodeVenueCursor,
  parseVenueCursor,
} from './pagination.ts';
import { getPrismaSelection } from './prisma-selection.ts';

/** Reads a page of an organizer's venues, newest first. */
export async function readOrganizerVenues(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  organizerId: string,
  args: ConnectionArgs,
) {
  const { reads } = ctx.database;
  const page = parsePageArgs(args, parseVenueCursor);
  const read = (some: Page<number>, selection: object) =>
    reads.venue.findMany({ ...selection, ...toPrismaPage(some, organizerId) });
  const venues = await read(page, getPrismaSelection(ctx, info, { path: ['edges', 'node'] }));
  const hasRows = async (adjacent: Page<number>) =>
    (await read(adjacent, { select: { id: true } })).length > 0;
  return {
    ...toConnection(page, venues, encodeVenueCursor, hasRows),
    countAll: () => reads.venue.count({ where: { organizerId } }),
  };
}

function toPrismaPage({ after, before, backward, inclusive, size }: Page<number>, organizerId: string) {
  const older = after === null ? {} : { id: inclusive ? { lte: after } : { lt: after } };
  const newer = before === null ? {} : { id: inclusive ? { gte: before } : { gt: before } };
  const direction = backward ? ('asc' as const) : ('desc' as const);
  // guard: organizer-venues
  return { where: { AND: [{ organizerId }, older, newer] }, orderBy: { id: direction }, take: size + 1 };
}
