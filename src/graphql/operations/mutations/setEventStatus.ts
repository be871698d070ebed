import { setEventStatus } from '../../../catalog/events/set-event-status.ts';
import { builder } from '../../schema/builder.ts';
import { eventIdFrom } from '../../schema/input-ids.ts';
import { changing } from '../../schema/outages.ts';
import { organizerOfEvent } from '../../schema/own-event.ts';
import { EventStatus } from '../../types/enums/event-status.ts';
import { eventAfter } from '../../types/event-after.ts';
import { Event } from '../../types/event.ts';
import { commonRefusals } from '../../types/refusals.ts';

const SetEventStatusInput = builder.inputType('SetEventStatusInput', {
  description: 'Input of `setEventStatus`.',
  fields: (t) => ({
    eventId: t.id({ required: true, description: 'The ID of an event that the caller organizes.' }),
    status: t.field({
      type: EventStatus,
      required: true,
      description:
        'The new status. An event can switch between ON_SALE and PAUSED. It cannot return to DRAFT, and ENDED and CANCELED are final.',
    }),
  }),
});

const SetEventStatusResult = builder.errorUnion('SetEventStatusResult', {
  description: 'The event in its new status, or the error that prevented the change.',
  types: [Event, ...commonRefusals],
});

builder.mutationField('setEventStatus', (t) =>
  t.field({
    type: SetEventStatusResult,
    nullable: true,
    description:
      'Puts an event on sale, or pauses, ends, or cancels it. If the event already has the status, it is returned unchanged. Organizer only.',
    args: {
      input: t.arg({
        type: SetEventStatusInput,
        required: true,
        description: 'The event and its new status.',
      }),
    },
    authScopes: { organizer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const eventId = eventIdFrom(input.eventId);
      const organizerId = await organizerOfEvent(ctx, eventId);
      const change = { organizerId, eventId, status: input.status };
      await changing(ctx, () => setEventStatus({ db: ctx.database.worker }, change));
      return eventAfter(ctx, info, eventId, 'The status of the event was set');
    },
  }),
);
