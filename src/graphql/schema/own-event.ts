import { NotFoundError } from '../../platform/errors.ts';
import type { GraphQLContext } from './context.ts';
import { callerOf } from './caller.ts';
import { forbidden } from './errors.ts';
import { beforeChange } from './outages.ts';
import { visibleEvents, visibleVenues } from '../reads/visibility.ts';

/**
 * Returns the calling organizer if the event is theirs. Another organizer's event is FORBIDDEN, or NOT_FOUND if the
 * caller cannot see it.
 *
 * @throws {NotFoundError}
 * @throws {BusyError} if the database is unavailable.
 * @throws {GraphQLError} FORBIDDEN, UNAUTHENTICATED.
 */
export async function organizerOfEvent(ctx: GraphQLContext, eventId: number): Promise<string> {
  const event = await beforeChange(ctx, () =>
    ctx.database.reads.event.findFirst({
      where: { AND: [{ id: eventId }, visibleEvents(ctx)] },
      select: { organizerId: true },
    }),
  );
  return ownerOf(ctx, event, 'event');
}

/** @throws the same errors as `organizerOfEvent`. */
export async function organizerOfVenue(ctx: GraphQLContext, venueId: number): Promise<string> {
  const venue = await beforeChange(ctx, () =>
    ctx.database.reads.venue.findFirst({
      where: { AND: [{ id: venueId }, visibleVenues(ctx)] },
      select: { organizerId: true },
    }),
  );
  return ownerOf(ctx, venue, 'venue');
}

function ownerOf(ctx: GraphQLContext, found: { organizerId: string } | null, what: string): string {
  const { userId } = callerOf(ctx);
  if (found === null)
    throw new NotFoundError(`The ${what} does not exist or is not visible to you. Check the ID.`);
  if (found.organizerId !== userId) throw forbidden();
  return userId;
}
