import { parseEventId } from '../../platform/ids.ts';
import { followSeats, openSeats } from '../../seating/seat-updates.ts';
import { builder } from '../builder.ts';
import { notFound } from '../errors.ts';
import { canSeeEvent } from '../reads/visibility.ts';
import { SeatUpdate } from '../types/seat-update.ts';

builder.subscriptionField('seatUpdates', (t) =>
  t.field({
    type: SeatUpdate,
    description:
      'The seats of an event, live; it needs no token. First comes a SeatMapSnapshot, or, with an `afterVersion` that is still on record, the SeatsChanged since then; for a version that has not been reached yet it is a snapshot. After that each SeatsChanged continues where the message before it ended, and where that cannot be, another snapshot comes.',
    args: {
      eventId: t.arg.id({ required: true, description: 'The event.' }),
      afterVersion: t.arg.int({
        description:
          'The version that the caller has already, from an earlier subscription or from `seatMap`.',
      }),
    },
    // Nothing beneath looks at the viewer, or at anything but the message: one execution serves all who ask the same.
    extensions: { shared: { resumesBy: 'afterVersion' } },
    subscribe: async (_root, { eventId: id, afterVersion }, ctx) => {
      const eventId = parseEventId(id);
      if (eventId === null || !(await canSeeEvent(ctx, eventId))) throw notFound('event');
      const reads = { db: ctx.database.reads, feeds: ctx.feeds };
      const source = await openSeats(reads, eventId, afterVersion ?? null);
      return ctx.park?.(source) ?? followSeats(source);
    },
    resolve: (message, { eventId }) => ({ ...message, eventId: parseEventId(eventId) ?? 0 }),
  }),
);
