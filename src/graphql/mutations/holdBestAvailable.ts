import { holdBestAvailable } from '../../booking/hold-best-available.ts';
import { SEATS_PER_HOLD_MAX } from '../../booking/hold-seats.ts';
import { InvalidInputError, NotFoundError } from '../../platform/errors.ts';
import { builder } from '../builder.ts';
import { callerOf } from '../caller.ts';
import type { GraphQLContext } from '../context.ts';
import { eventIdFrom } from '../input-ids.ts';
import { bookingFromRecord } from '../types/booking-from-record.ts';
import { isEventVisible } from '../reads/visibility.ts';
import { HoldSeatsResult } from '../types/hold-seats-result.ts';
import { admissionTokenDescription, idempotencyKeyDescription } from '../types/keys.ts';

const HoldBestAvailableInput = builder.inputType('HoldBestAvailableInput', {
  description: 'What kind of seats to hold.',
  fields: (t) => ({
    eventId: t.id({ required: true, description: 'The event.' }),
    quantity: t.int({ required: true, description: `How many seats: 1 to ${SEATS_PER_HOLD_MAX}.` }),
    section: t.string({ description: 'Only seats of the section of this name.' }),
    priceTier: t.string({ description: 'Only seats of the price tier of this name.' }),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
    admissionToken: t.string({ description: admissionTokenDescription }),
  }),
});

builder.mutationField('holdBestAvailable', (t) =>
  t.field({
    type: HoldSeatsResult,
    description:
      'Holds the best seats that are free. Best are neighbours in one row without an aisle between, as near to the front (the middle of the stage, court or pitch) as there are; where no row has enough, the nearest seats of one section; where no section has enough, the nearest of the hall.',
    args: {
      input: t.arg({
        type: HoldBestAvailableInput,
        required: true,
        description: 'How many seats, and of which kind.',
      }),
    },
    authScopes: { viewer: true },
    resolve: async (_root, { input }, ctx) => {
      const eventId = eventIdFrom(input.eventId);
      const record = await holdBestAvailable(ctx, {
        buyerId: callerOf(ctx).userId,
        eventId,
        quantity: input.quantity,
        section: input.section ?? null,
        tierIndex: input.priceTier == null ? null : await tierIndexOf(ctx, eventId, input.priceTier),
        idempotencyKey: input.idempotencyKey ?? null,
      });
      return bookingFromRecord(record);
    },
  }),
);

async function tierIndexOf(ctx: GraphQLContext, eventId: number, name: string): Promise<number> {
  const info = await ctx.eventLayouts.info(eventId);
  const index = info?.tiers.findIndex((tier) => tier.name === name) ?? -1;
  if (index >= 0) return index;
  // The names of a draft's tiers are its organizer's alone.
  if (info === null || !(await isEventVisible(ctx, eventId)))
    throw new NotFoundError('There is no such event.');
  const names = info.tiers.map((tier) => `"${tier.name}"`).join(', ');
  throw new InvalidInputError('priceTier', `The event has no such price tier; it has ${names}.`);
}
