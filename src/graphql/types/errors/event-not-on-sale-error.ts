import { EventNotOnSaleError } from '../../../booking/rules/errors.ts';
import { builder } from '../../schema/builder.ts';
import { EventStatus } from '../enums/event-status.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(EventNotOnSaleError, {
  name: 'EventNotOnSaleError',
  description: "The event's status or sale period does not allow the operation at this time.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    eventStatus: t.expose('status', {
      type: EventStatus,
      description: 'The current status of the event.',
    }),
    status: t.expose('status', {
      type: EventStatus,
      description: 'The current status of the event.',
      deprecationReason:
        'Use `eventStatus`. Other members of the result unions have a `status` field of a different type, so `status` needs an alias.',
    }),
    onSaleAt: t.expose('onSaleAt', { type: 'DateTime', description: 'Time from which seats can be held.' }),
    saleEndsAt: t.expose('saleEndsAt', {
      type: 'DateTime',
      description: 'Time until which seats can be held.',
    }),
  }),
});
