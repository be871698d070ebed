import { createEvent } from '../../catalog/create-event.ts';
import { checkEventFields, type EventFields } from '../../catalog/event-input.ts';
import { IdempotencyConflictError } from '../../platform/errors.ts';
import { checkIdempotencyKey } from '../../platform/idempotency-key.ts';
import { parseVenueId } from '../../platform/ids.ts';
import { checkTogether } from '../../platform/input-errors.ts';
import { builder } from '../builder.ts';
import { venueIdFrom } from '../input-ids.ts';
import { changing } from '../outages.ts';
import { organizerOfVenue } from '../own-event.ts';
import { OrphanRule } from '../types/enums/orphan-rule.ts';
import { eventAfter } from '../types/event-after.ts';
import { Event } from '../types/event.ts';
import { commonRefusals } from '../types/refusals.ts';

const PriceTierInput = builder.inputType('PriceTierInput', {
  description: "What the seats of one of the plan's categories cost.",
  fields: (t) => ({
    category: t.string({ required: true, description: "The category's name in the plan." }),
    name: t.string({
      description:
        'What the tier is called: 1 to 200 characters, unlike every other tier. Without it, as the category is.',
    }),
    amount: t.field({
      type: 'SafeInt',
      required: true,
      description: "The price of a seat, in the currency's minor unit (cents, for euros).",
    }),
  }),
});

const InitialEventStatus = builder.enumType('InitialEventStatus', {
  description: 'What an event can begin as.',
  values: {
    DRAFT: { description: 'Seen by its organizer alone, until it is put on sale.' },
    ON_SALE: { description: 'Seen by all, and on sale from `onSaleAt` on.' },
  } as const,
});

const CreateEventInput = builder.inputType('CreateEventInput', {
  description: 'An event to make.',
  fields: (t) => ({
    venueId: t.id({
      required: true,
      description: "A venue of the caller's own; all of its seats are the event's.",
    }),
    name: t.string({ required: true, description: 'What the event is called: 1 to 200 characters.' }),
    startsAt: t.field({ type: 'DateTime', required: true, description: 'When it begins, in the future.' }),
    onSaleAt: t.field({
      type: 'DateTime',
      required: true,
      description: 'From when on seats can be held, before it begins.',
    }),
    saleEndsAt: t.field({
      type: 'DateTime',
      description:
        'Seats cannot be held from this instant on: after `onSaleAt`, at the latest `startsAt`, which is the default.',
    }),
    cancelableUntil: t.field({
      type: 'DateTime',
      description:
        'Buyers cannot cancel from this instant on, if `buyersMayCancel` lets them at all: at the latest `startsAt`, which is the default.',
    }),
    seatLimit: t.int({
      required: true,
      description: 'The most seats that one buyer may hold and own together: 1 to 100.',
    }),
    holdTtlSeconds: t.int({
      description: "How long a hold stands, 10 to 86,400 seconds; without it, the server's time.",
    }),
    holdExtensionSeconds: t.int({
      description: 'By how much a hold can be extended, once: 10 to 86,400 seconds; without it, not at all.',
    }),
    holdLifetimeMaxSeconds: t.int({
      description:
        'The longest that a hold may stand from its creation on, extended or not: `holdTtlSeconds`, which it needs beside it, to 172,800 seconds; without it, hold time and extension together.',
    }),
    orphanRule: t.field({
      type: OrphanRule,
      defaultValue: 'ALLOW',
      description: 'Whether buyers may choose seats that leave a single seat alone.',
    }),
    buyersMayCancel: t.boolean({
      defaultValue: false,
      description: 'Whether buyers may cancel their confirmed bookings themselves.',
    }),
    currency: t.string({
      required: true,
      description:
        'The currency of all prices: an active code of ISO 4217 that has a minor unit, such as EUR.',
    }),
    priceTiers: t.field({
      type: [PriceTierInput],
      required: true,
      description: "A price for each category of the venue's plan, no more and no fewer.",
    }),
    status: t.field({ type: InitialEventStatus, defaultValue: 'DRAFT', description: 'What it begins as.' }),
    idempotencyKey: t.string({
      description:
        'Any string of 1 to 255 characters, new for each event. It belongs to the caller and to `createEvent`, and is kept as long as the event. Once a call with it has succeeded, the same input (price tiers in any order) returns that event, and another input is an IdempotencyConflictError.',
    }),
  }),
});

const CreateEventResult = builder.errorUnion('CreateEventResult', {
  description: 'The event, or why it was not made.',
  types: [Event, IdempotencyConflictError, ...commonRefusals],
});

builder.mutationField('createEvent', (t) =>
  t.field({
    type: CreateEventResult,
    nullable: true,
    description: 'Makes an event in a venue, with a seat of its own for each of the venue. For organizers.',
    args: { input: t.arg({ type: CreateEventInput, required: true, description: 'The event.' }) },
    authScopes: { organizer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const fields = eventFieldsOf(input);
      const { idempotencyKey = null } = input;
      const nowMs = ctx.clock.nowMs();
      const hasVenue = parseVenueId(input.venueId) !== null;
      const { venueId } = await checkTogether({
        venueId: () => venueIdFrom(input.venueId),
        // Without a venue, these are all that is wrong. With one, createEvent checks them together with the prices.
        fields: () => hasVenue || checkEventFields(fields, nowMs),
        key: () => hasVenue || checkIdempotencyKey(idempotencyKey),
      });
      const organizerId = await organizerOfVenue(ctx, venueId);
      const event = { ...fields, organizerId, venueId, status: input.status ?? 'DRAFT', idempotencyKey };
      const { eventId } = await changing(ctx, () => createEvent({ db: ctx.database.worker }, event, nowMs));
      return eventAfter(ctx, info, eventId, 'The event was created');
    },
  }),
);

function eventFieldsOf(input: typeof CreateEventInput.$inferInput): EventFields {
  return {
    name: input.name,
    startsAt: input.startsAt,
    onSaleAt: input.onSaleAt,
    saleEndsAt: input.saleEndsAt ?? null,
    cancelableUntil: input.cancelableUntil ?? null,
    seatLimit: input.seatLimit,
    holdTtlSeconds: input.holdTtlSeconds ?? null,
    holdExtensionSeconds: input.holdExtensionSeconds ?? null,
    holdLifetimeMaxSeconds: input.holdLifetimeMaxSeconds ?? null,
    orphanRule: input.orphanRule ?? 'ALLOW',
    buyersMayCancel: input.buyersMayCancel ?? false,
    currency: input.currency,
    priceTiers: input.priceTiers.map((tier) => ({ ...tier, name: tier.name ?? null })),
  };
}
