import { setEventStatus } from '../../catalog/set-event-status.ts';
import { builder } from '../builder.ts';
import { eventIdFrom } from '../input-ids.ts';
import { changing } from '../outages.ts';
import { organizerOfEvent } from '../own-event.ts';
import { EventStatus } from '../types/enums/event-status.ts';
import { eventAfter } from '../types/event-after.ts';
import { Event } from '../types/event.ts';
import { commonRefusals } from '../types/refusals.ts';

const SetEventStatusInput = builder.inputType('SetEventStatusInput', {
  description: 'Which event to lead to which status.',
  fields: (t) => ({
    eventId: t.id({ required: true, description: "An event of the caller's own." }),
    status: t.field({
      type: EventStatus,
      required: true,
      description:
        'Its status from now on. Nothing leads back to DRAFT, ON_SALE and PAUSED lead to each other, and ENDED and CANCELED are final.',
    }),
  }),
});

const SetEventStatusResult = builder.errorUnion('SetEventStatusResult', {
  description: 'The event in its new status, or why it stays as it is.',
  types: [Event, ...commonRefusals],
});

builder.mutationField('setEventStatus', (t) =>
  t.field({
    type: SetEventStatusResult,
    nullable: true,
    description:
      'Puts an event on sale, pauses, ends or cancels it. The status that it has already changes nothing. For its organizer.',
    args: {
      input: t.arg({ type: SetEventStatusInput, required: true, description: 'Which event, and what.' }),
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
