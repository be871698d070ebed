import type { Prisma } from '../../generated/prisma/client.ts';
import type { GraphQLContext } from '../schema/context.ts';

/** Drafts are their organizer's alone: for anyone else they do not exist. */
export function visibleEvents({ viewer }: GraphQLContext): Prisma.EventWhereInput {
  const published: Prisma.EventWhereInput = { status: { not: 'DRAFT' } };
  return viewer === null ? published : { OR: [published, { organizerId: viewer.userId }] };
}

/** A venue is seen through its events: by everyone with a published one, before that by its organizer. */
export function visibleVenues({ viewer }: GraphQLContext): Prisma.VenueWhereInput {
  const inUse: Prisma.VenueWhereInput = { events: { some: { status: { not: 'DRAFT' } } } };
  return viewer === null ? inUse : { OR: [{ organizerId: viewer.userId }, inUse] };
}

/**
 * Whether the caller may see the event, before anything of it is loaded: so a draft takes no longer to refuse than an
 * event that does not exist. What is public is known without a statement each; a draft is visible to its organizer.
 */
export async function canSeeEvent(ctx: GraphQLContext, eventId: number): Promise<boolean> {
  const { seats } = await ctx.publicVersions.get(eventId);
  return seats !== null || isEventVisible(ctx, eventId); // guard: draft-updates-visibility
}

async function isEventVisible(ctx: GraphQLContext, eventId: number): Promise<boolean> {
  const event = await ctx.database.reads.event.findFirst({
    where: { AND: [{ id: eventId }, visibleEvents(ctx)] },
    select: { id: true },
  });
  return event !== null;
}
