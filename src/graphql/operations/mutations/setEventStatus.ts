import { setEventStatus } from '../../../catalog/events/set-event-status.ts';
import { commitOrBusy } from '../../engine/errors/database-outage.ts';
import { requireEventId } from '../../inputs/ids.ts';
import { requireEventOrganizer } from '../../reads/access.ts';
import { builder } from '../../schema/builder.ts';
import { Event, EventStatus } from '../../schema/event.ts';
import { commonErrors, readEventResult } from '../../schema/mutation-results.ts';

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
  types: [Event, ...commonErrors],
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
      const eventId = requireEventId(input.eventId);
      const organizerId = await requireEventOrganizer(ctx, eventId);
      const change = { organizerId, eventId, status: input.status };
      await commitOrBusy(ctx, () => setEventStatus({ db: ctx.database.worker }, change));
      return readEventResult(ctx, info, eventId, 'The status of the event was set');
    },
  }),
);
