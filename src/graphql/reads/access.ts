import type { Prisma } from '../../generated/prisma/client.ts';
import { NotFoundError } from '../../platform/errors.ts';
import type { GraphQLContext } from '../context.ts';
import { readOrBusy } from '../engine/errors/database-outage.ts';
import { forbidden, unauthenticated } from '../engine/errors/graphql-error.ts';

/** Returns the condition for events that the caller may see: drafts are visible only to their organizer. */
export function visibleEvents({ viewer }: GraphQLContext): Prisma.EventWhereInput {
  const published: Prisma.EventWhereInput = { status: { not: 'DRAFT' } };
  return viewer === null ? published : { OR: [published, { organizerId: viewer.userId }] };
}

/** Returns the condition for venues that the caller may see: its own, and all that have a published event. */
export function visibleVenues({ viewer }: GraphQLContext): Prisma.VenueWhereInput {
  const inUse: Prisma.VenueWhereInput = { events: { some: { status: { not: 'DRAFT' } } } };
  return viewer === null ? inUse : { OR: [{ organizerId: viewer.userId }, inUse] };
}

/**
 * Returns whether the caller may see an event. It loads nothing else of the event, so refusing a draft takes as long as
 * refusing an event that does not exist. Published events are cached; only other IDs cost a statement. While the database is
 * unavailable, those that this process knows can be seen as before: their live maps are in memory.
 */
export async function canSeeEvent(ctx: GraphQLContext, eventId: number): Promise<boolean> {
  if (ctx.publicVersions.isKnownPublic(eventId)) return true; // guard: known-public-event
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

/**
 * Returns the user ID of the caller if the caller organizes the event.
 *
 * @throws {NotFoundError} if the caller may not see the event.
 * @throws {BusyError} if the database is unavailable.
 * @throws {GraphQLError} UNAUTHENTICATED, or FORBIDDEN if another user organizes the event.
 */
export async function requireEventOrganizer(ctx: GraphQLContext, eventId: number): Promise<string> {
  const event = await readOrBusy(ctx, () =>
    ctx.database.reads.event.findFirst({
      where: { AND: [{ id: eventId }, visibleEvents(ctx)] },
      select: { organizerId: true },
    }),
  );
  return requireOwner(ctx, event, 'event');
}

/** Returns the user ID of the caller if the venue is the caller's. Throws the same errors as `requireEventOrganizer`. */
export async function requireVenueOrganizer(ctx: GraphQLContext, venueId: number): Promise<string> {
  const venue = await readOrBusy(ctx, () =>
    ctx.database.reads.venue.findFirst({
      where: { AND: [{ id: venueId }, visibleVenues(ctx)] },
      select: { organizerId: true },
    }),
  );
  return requireOwner(ctx, venue, 'venue');
}

/** Creates the error for an object that does not exist or that the caller may not see. */
export function notVisible(what: 'event' | 'venue'): NotFoundError {
  return new NotFoundError(`The ${what} does not exist or is not visible to you. Check the ID.`);
}

function requireOwner(
  { viewer }: GraphQLContext,
  found: { organizerId: string } | null,
  what: 'event' | 'venue',
): string {
  if (viewer === null) throw unauthenticated();
  if (found === null) throw notVisible(what);
  if (found.organizerId !== viewer.userId) throw forbidden();
  return viewer.userId;
}
