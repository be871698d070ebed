import type { GraphQLResolveInfo } from 'graphql';
import { encodeEventId } from '../../platform/ids.ts';
import { recordCommit } from '../engine/committed.ts';
import type { GraphQLContext } from '../schema/context.ts';
import { selectionFor } from '../reads/selection.ts';
import { Event } from './event.ts';

/**
 * Reads the event as a mutation has left it, for fields whose result is a union with Event.
 *
 * @param done what the mutation did, as a clause; see `Commit`.
 * @throws if the event can't be read. The client then learns that the change was committed.
 */
export async function eventAfter(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  eventId: number,
  done: string,
) {
  recordCommit(ctx, info, { done, ids: { eventId: encodeEventId(eventId) } });
  const event = await ctx.database.reads.event.findUniqueOrThrow({
    ...selectionFor(ctx, info, { typeName: 'Event' }),
    where: { id: eventId },
  });
  return Event.addBrand(event);
}
