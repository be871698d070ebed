import { createEvent } from '../../../catalog/events/create-event.ts';
import { checkEventFields, type EventFields } from '../../../catalog/events/event-input.ts';
import { IdempotencyConflictError } from '../../../platform/errors.ts';
import { checkIdempotencyKey } from '../../../platform/idempotency-key.ts';
import { parseVenueId } from '../../../platform/ids.ts';
import { checkTogether } from '../../../platform/input-errors.ts';
import { commitOrBusy } from '../../engine/errors/database-outage.ts';
import { requireVenueId } from '../../inputs/ids.ts';
import { requireVenueOrganizer } from '../../reads/access.ts';
import { builder } from '../../schema/builder.ts';
import { BookingMode, Event, OrphanRule } from '../../schema/event.ts';
import { commonErrors, readEventResult } from '../../schema/mutation-results.ts';

const PriceTierInput = builder.inputType('PriceTierInput', {
  description: 'The price of one category of the seating plan.',
  fields: (t) => ({
    category: t.string({ required: true, description: 'The name of the category in the seating plan.' }),
    name: t.string({
      description:
        'The name of the tier: 1 to 200 characters, unique within the event. Defaults to the name of the category.',
    }),
    amount: t.field({
      type: 'SafeInt',
      required: true,
      description: 'The price of one seat in the minor unit of the currency, such as cents for EUR.',
    }),
  }),
});

const InitialEventStatus = builder.enumType('InitialEventStatus', {
  description: 'The status of a new event.',
  values: {
    DRAFT: { description: 'The event is visible only to its organizer until it is put on sale.' },
    ON_SALE: { description: 'The event is visible to everyone, and its seats can be held from `onSaleAt`.' },
  } as const,
});

const CreateEventInput = builder.inputType('CreateEventInput', {
  description: 'Input of `createEvent`.',
  fields: (t) => ({
    venueId: t.id({
      required: true,
      description: 'The ID of a venue that the caller owns. The event sells all of its seats.',
    }),
    name: t.string({ required: true, description: 'The name of the event: 1 to 200 characters.' }),
    startsAt: t.field({
      type: 'DateTime',
      required: true,
      description: 'Time at which the event starts. Must be in the future.',
    }),
    onSaleAt: t.field({
      type: 'DateTime',
      required: true,
      description: 'Time from which seats can be held. Must be before `startsAt`.',
    }),
    saleEndsAt: t.field({
      type: 'DateTime',
      description:
        'Time until which seats can be held: after `onSaleAt`, and at most `startsAt`, which is the default.',
    }),
    cancelableUntil: t.field({
      type: 'DateTime',
      description:
        'Time until which buyers can cancel if `buyersMayCancel` is true. At most `startsAt`, which is the default.',
    }),
    seatLimit: t.int({
      required: true,
      description: 'The maximum number of seats that one buyer may have, held and booked together: 1 to 100.',
    }),
    holdTtlSeconds: t.int({
      description:
        "The lifetime of a hold in seconds: 10 to 86,400. If omitted, the server's default applies.",
    }),
    holdExtensionSeconds: t.int({
      description:
        'The number of seconds by which a hold can be extended, once: 10 to 86,400. If omitted, holds cannot be extended.',
    }),
    holdLifetimeMaxSeconds: t.int({
      description:
        'The maximum lifetime of a hold in seconds, including its extension: from `holdTtlSeconds` to 172,800. Requires `holdTtlSeconds`. If omitted, the hold time plus the extension.',
    }),
    orphanRule: t.field({
      type: OrphanRule,
      defaultValue: 'ALLOW',
      description: 'Whether buyers may choose seats that leave a single free seat isolated.',
    }),
    buyersMayCancel: t.boolean({
      defaultValue: false,
      description: 'Whether buyers may cancel their own confirmed bookings.',
    }),
    takeoverDelay: t.boolean({ defaultValue: false, description: 'See `Event.takeoverDelay`.' }),
    bookingMode: t.field({ type: BookingMode, defaultValue: 'DIRECT', description: 'How seats are held.' }),
    currency: t.string({
      required: true,
      description:
        'The currency of all prices, as an ISO 4217 code such as EUR. It must be in active use and have a minor unit.',
    }),
    priceTiers: t.field({
      type: [PriceTierInput],
      required: true,
      description: "The price tiers: exactly one for each category of the venue's seating plan.",
    }),
    status: t.field({ type: InitialEventStatus, defaultValue: 'DRAFT', description: 'The initial status.' }),
    idempotencyKey: t.string({
      description:
        'A unique string of 1 to 255 characters that makes retries safe, scoped to the caller and to `createEvent`. After a call succeeds, a retry with the same key and input (price tiers in any order) returns the same event, and the same key with different input returns IdempotencyConflictError. Keys are kept as long as the event exists.',
    }),
  }),
});

const CreateEventResult = builder.errorUnion('CreateEventResult', {
  description: 'The event, or the error that prevented its creation.',
  types: [Event, IdempotencyConflictError, ...commonErrors],
});

builder.mutationField('createEvent', (t) =>
  t.field({
    type: CreateEventResult,
    nullable: true,
    description: 'Creates an event that sells all seats of a venue. Organizers only.',
    args: { input: t.arg({ type: CreateEventInput, required: true, description: 'The event to create.' }) },
    authScopes: { organizer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const fields = toEventFields(input);
      const { idempotencyKey = null } = input;
      const nowMs = ctx.clock.nowMs();
      const hasVenue = parseVenueId(input.venueId) !== null;
      const { venueId } = await checkTogether({
        venueId: () => requireVenueId(input.venueId),
        // With a valid venue ID, `createEvent` checks these together with the prices.
        fields: () => hasVenue || checkEventFields(fields, nowMs),
        key: () => hasVenue || idempotencyKey === null || checkIdempotencyKey(idempotencyKey),
      });
      const organizerId = await requireVenueOrganizer(ctx, venueId);
      const event = { ...fields, organizerId, venueId, status: input.status ?? 'DRAFT', idempotencyKey };
      const { eventId } = await commitOrBusy(ctx, () =>
        createEvent({ db: ctx.database.worker }, event, nowMs),
      );
      return readEventResult(ctx, info, eventId, 'The event was created');
    },
  }),
);

function toEventFields(input: typeof CreateEventInput.$inferInput): EventFields {
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
    // The defaults are null, as before these existed, so that idempotency keys of that time still match.
    takeoverDelay: input.takeoverDelay === true ? true : null,
    bookingMode: input.bookingMode === 'QUEUED' ? 'QUEUED' : null,
    currency: input.currency,
    priceTiers: input.priceTiers.map((tier) => ({ ...tier, name: tier.name ?? null })),
  };
}
