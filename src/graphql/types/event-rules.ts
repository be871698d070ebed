import { builder } from '../builder.ts';
import { OrphanRule } from './enums/orphan-rule.ts';
import { Event } from './event.ts';

/** What an event allows its buyers. */
builder.prismaObjectFields(Event, (t) => ({
  saleEndsAt: t.expose('saleEndsAt', {
    type: 'DateTime',
    description: 'Seats cannot be held or changed from this instant on; standing holds can be confirmed.',
  }),
  seatLimit: t.exposeInt('seatLimit', {
    description: 'The most seats that one buyer may hold and own together.',
  }),
  orphanRule: t.expose('orphanRule', {
    type: OrphanRule,
    description: 'Whether buyers may choose seats that leave a single seat alone.',
  }),
  holdExtensionSeconds: t.int({
    nullable: true,
    description:
      'By how many seconds `extendHold` puts off the deadline of a hold, which is possible once; null: not at all.',
    resolve: ({ holdExtensionMs }) => (holdExtensionMs === null ? null : Math.floor(holdExtensionMs / 1000)),
  }),
  buyersMayCancel: t.exposeBoolean('buyersMayCancel', {
    description:
      'Whether buyers may cancel their confirmed bookings themselves, before `cancelableUntil`; the organizer always may.',
  }),
  cancelableUntil: t.expose('cancelableUntil', {
    type: 'DateTime',
    description: 'Buyers cannot cancel from this instant on, even if `buyersMayCancel`.',
  }),
}));
