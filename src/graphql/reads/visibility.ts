import type { Prisma } from '../../generated/prisma/client.ts';
import type { GraphQLContext } from '../context.ts';

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

/** Which of these events the caller may see. */
export async function visibleEventIds(
  ctx: GraphQLContext,
  eventIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const rows = await ctx.database.reads.event.findMany({
    where: { AND: [{ id: { in: [...eventIds] } }, visibleEvents(ctx)] },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}

export async function isEventVisible(ctx: GraphQLContext, eventId: number): Promise<boolean> {
  return (await visibleEventIds(ctx, [eventId])).has(eventId);
}
