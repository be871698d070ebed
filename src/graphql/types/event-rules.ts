import { builder } from '../schema/builder.ts';
import { OrphanRule } from './enums/orphan-rule.ts';
import { Event } from './event.ts';

/** What an event allows its buyers. */
builder.prismaObjectFields(Event, (t) => ({
  saleEndsAt: t.expose('saleEndsAt', {
    type: 'DateTime',
    description:
      'Time until which seats can be held and changed. Existing holds can still be confirmed after it.',
  }),
  seatLimit: t.exposeInt('seatLimit', {
    description:
      'The maximum number of seats that one buyer may have at this event, held and booked together.',
  }),
  orphanRule: t.expose('orphanRule', {
    type: OrphanRule,
    description: 'Whether buyers may choose seats that leave a single free seat isolated.',
  }),
  holdExtensionSeconds: t.int({
    nullable: true,
    description:
      'The number of seconds by which `extendHold` extends a hold, once. Null if holds cannot be extended.',
    resolve: ({ holdExtensionMs }) => (holdExtensionMs === null ? null : Math.floor(holdExtensionMs / 1000)),
  }),
  buyersMayCancel: t.exposeBoolean('buyersMayCancel', {
    description:
      'Whether buyers may cancel their own confirmed bookings until `cancelableUntil`. The organizer always can.',
  }),
  cancelableUntil: t.expose('cancelableUntil', {
    type: 'DateTime',
    description: 'Time until which buyers can cancel their confirmed bookings, if `buyersMayCancel` is true.',
  }),
}));
