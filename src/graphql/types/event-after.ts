import type { GraphQLResolveInfo } from 'graphql';
import type { GraphQLContext } from '../context.ts';
import { selectionFor } from '../reads/selection.ts';
import { Event } from './event.ts';

/** The event as a mutation has left it, for fields whose result is a union with Event. */
export async function eventAfter(ctx: GraphQLContext, info: GraphQLResolveInfo, eventId: number) {
  const event = await ctx.database.reads.event.findUniqueOrThrow({
    ...selectionFor(ctx, info, { typeName: 'Event' }),
    where: { id: eventId },
  });
  return Event.addBrand(event);
}
