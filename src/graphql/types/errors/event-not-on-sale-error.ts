import { EventNotOnSaleError } from '../../../booking/errors.ts';
import { builder } from '../../builder.ts';
import { EventStatus } from '../enums/event-status.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(EventNotOnSaleError, {
  name: 'EventNotOnSaleError',
  description: 'The event is not on sale, not yet or not any more.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    status: t.expose('status', { type: EventStatus, description: 'What the event allows instead.' }),
    onSaleAt: t.expose('onSaleAt', { type: 'DateTime', description: 'From when on seats can be held.' }),
  }),
});
