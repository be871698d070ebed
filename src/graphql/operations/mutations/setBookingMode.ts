import { changeBookingMode } from '../../../catalog/events/event.sql.ts';
import { NotFoundError } from '../../../platform/errors.ts';
import { commitOrBusy } from '../../engine/errors/database-outage.ts';
import { requireEventId } from '../../inputs/ids.ts';
import { requireEventOrganizer } from '../../reads/access.ts';
import { builder } from '../../schema/builder.ts';
import { BookingMode, Event } from '../../schema/event.ts';
import { commonErrors, readEventResult } from '../../schema/mutation-results.ts';

const SetBookingModeInput = builder.inputType('SetBookingModeInput', {
  description: 'Input of `setBookingMode`.',
  fields: (t) => ({
    eventId: t.id({ required: true, description: 'The ID of an event that the caller organizes.' }),
    bookingMode: t.field({ type: BookingMode, required: true, description: 'The new mode.' }),
  }),
});

const SetBookingModeResult = builder.errorUnion('SetBookingModeResult', {
  description: 'The event in its new mode, or the error that prevented the change.',
  types: [Event, ...commonErrors],
});

builder.mutationField('setBookingMode', (t) =>
  t.field({
    type: SetBookingModeResult,
    nullable: true,
    description:
      'Sets how the seats of an event are held, also during the sale. Requests that are in the queue are decided in either mode. Organizer only.',
    args: {
      input: t.arg({ type: SetBookingModeInput, required: true, description: 'The event and its new mode.' }),
    },
    authScopes: { organizer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const eventId = requireEventId(input.eventId);
      const organizerId = await requireEventOrganizer(ctx, eventId);
      const { worker } = ctx.database;
      const changed = await commitOrBusy(ctx, () =>
        changeBookingMode(worker, organizerId, eventId, input.bookingMode),
      );
      if (!changed)
        throw new NotFoundError('The event does not exist or belongs to another organizer. Check the ID.');
      return readEventResult(ctx, info, eventId, 'The mode of the event was set');
    },
  }),
);
