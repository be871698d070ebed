import { BREAK, visit, type FieldNode, type GraphQLResolveInfo } from 'graphql';
import { parseEventId } from '../../../platform/ids.ts';
import { openSeatSource, type SeatSource } from '../../../seating/live/seat-updates.ts';
import type { GraphQLContext } from '../../context.ts';
import { notFound } from '../../engine/errors/graphql-error.ts';
import { canSeeEvent } from '../../reads/access.ts';
import { builder } from '../../schema/builder.ts';
import { SeatUpdate } from '../../schema/seat-map.ts';

builder.subscriptionField('seatUpdates', (t) =>
  t.field({
    type: SeatUpdate,
    description:
      'Sends the status of the seats of an event, first as a SeatMapSnapshot and then as SeatsChanged, each of which continues from the previous message; no token is required. With `afterVersion`, the first message is SeatsChanged with the changes since that version, if the server still has them. When the server cannot continue from the previous message, it sends a new SeatMapSnapshot.',
    args: {
      eventId: t.arg.id({ required: true, description: 'The ID of the event.' }),
      afterVersion: t.arg.int({
        description:
          'The version that the client already has, from an earlier subscription or from `seatMap`.',
      }),
    },
    // The selected fields depend neither on the viewer nor on I/O, so one execution serves all subscribers of an operation.
    extensions: { shared: { resumesBy: 'afterVersion' } },
    subscribe: async (_root, { eventId: id, afterVersion }, ctx, info) => {
      const eventId = parseEventId(id);
      if (eventId === null || !(await canSeeEvent(ctx, eventId))) throw notFound('event');
      return openSource(ctx, eventId, afterVersion ?? null, selectsField(info, 'seat'));
    },
    resolve: (message, { eventId }) => ({ ...message, eventId: parseEventId(eventId) ?? 0 }),
  }),
);

/** Opens a source of seat updates. With `withSeats`, keeps the seats of the event in memory while the source is open. */
async function openSource(
  ctx: GraphQLContext,
  eventId: number,
  afterVersion: number | null,
  withSeats: boolean,
): Promise<SeatSource> {
  const reads = { db: ctx.database.reads, replicas: ctx.database.replicas, feeds: ctx.feeds };
  if (!withSeats) return openSeatSource(reads, eventId, afterVersion);
  const releaseSeats = await ctx.seatDetails.retain(eventId);
  try {
    return await openSeatSource(reads, eventId, afterVersion, releaseSeats);
  } catch (error) {
    releaseSeats();
    throw error;
  }
}

/** Returns whether the operation or one of its fragments selects a field with this name. */
function selectsField({ operation, fragments }: GraphQLResolveInfo, name: string): boolean {
  let isSelected = false;
  const visitor = {
    Field(field: FieldNode) {
      if (field.name.value !== name) return undefined;
      isSelected = true;
      return BREAK;
    },
  };
  for (const definition of [operation, ...Object.values(fragments)]) visit(definition, visitor);
  return isSelected;
}
