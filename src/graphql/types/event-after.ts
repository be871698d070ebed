import type { GraphQLResolveInfo } from 'graphql';
import type { GraphQLContext } from '../context.ts';
import { afterChange } from '../outages.ts';
import { selectionFor } from '../reads/selection.ts';
import { Event } from './event.ts';

/**
 * The event as a mutation has left it, for fields whose result is a union with Event.
 *
 * @throws {BusyError} where the database can't be asked; the change stands all the same.
 */
export async function eventAfter(ctx: GraphQLContext, info: GraphQLResolveInfo, eventId: number) {
  const event = await afterChange(() =>
    ctx.database.reads.event.findUniqueOrThrow({
      ...selectionFor(ctx, info, { typeName: 'Event' }),
      where: { id: eventId },
    }),
  );
  return Event.addBrand(event);
}
