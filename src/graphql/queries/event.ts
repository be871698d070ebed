import { parseEventId } from '../../platform/ids.ts';
import { builder } from '../builder.ts';
import { visibleEvents } from '../reads/visibility.ts';

builder.queryField('event', (t) =>
  t.prismaField({
    type: 'Event',
    nullable: true,
    description: 'An event by its id; null where there is none, and for what is no id.',
    args: { id: t.arg.id({ required: true, description: "The event's id." }) },
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
