import { parseEventId } from '../../../platform/ids.ts';
import { visibleEvents } from '../../reads/access.ts';
import { builder } from '../../schema/builder.ts';

builder.queryField('event', (t) =>
  t.prismaField({
    type: 'Event',
    nullable: true,
    description: 'Returns an event. Null if the ID is not valid, or if there is no such event.',
    args: { id: t.arg.id({ required: true, description: 'The ID of the event.' }) },
    resolve: async (query, _root, { id }, ctx) => {
      const eventId = parseEventId(id);
      if (eventId === null) return null;
      return ctx.database.reads.event.findFirst({
        ...query,
        where: { AND: [{ id: eventId }, visibleEvents(ctx)] },
      });
    },
  }),
);
