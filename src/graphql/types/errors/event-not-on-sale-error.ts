import { EventNotOnSaleError } from '../../../booking/errors.ts';
import { builder } from '../../builder.ts';
import { EventStatus } from '../enums/event-status.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(EventNotOnSaleError, {
  name: 'EventNotOnSaleError',
  description: 'The event is not on sale, not yet or not any more.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    eventStatus: t.expose('status', {
      type: EventStatus,
      description: "The event's status, which does not allow the operation now.",
    }),
    status: t.expose('status', {
      type: EventStatus,
      description: "The event's status.",
      deprecationReason:
        'Other members of result unions have a `status` of another type. Use `eventStatus`, which needs no alias.',
    }),
    onSaleAt: t.expose('onSaleAt', { type: 'DateTime', description: 'From when on seats can be held.' }),
    saleEndsAt: t.expose('saleEndsAt', {
      type: 'DateTime',
      description: 'The instant from which seats cannot be held any more.',
    }),
  }),
});
