import { checkQuantity, holdBestAvailable } from '../../booking/hold-best-available.ts';
import { SEATS_PER_HOLD_MAX } from '../../booking/hold-seats.ts';
import { checkIdempotencyKey } from '../../platform/idempotency-key.ts';
import { parseEventId } from '../../platform/ids.ts';
import { checkTogether } from '../../platform/input-errors.ts';
import { builder } from '../builder.ts';
import { callerOf } from '../caller.ts';
import { eventIdFrom } from '../input-ids.ts';
import { seatKindFrom } from '../seat-kind.ts';
import { bookingAfter } from '../types/booking-after.ts';
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
    nullable: true,
    description:
      'Holds the best seats that are free. Best are adjacent seats of one row without an aisle between: in the dearest price tier that has them, and there the nearest to the front (the middle of the stage, court or pitch). Where no tier has enough side by side, they may be of several. Adjacent seats that leave no single seat alone come before any that do, those of cheaper tiers too. Where no row has enough, they are the nearest seats of one section, and where no section has enough, the nearest of the hall. `section` and `priceTier` narrow all of it down. Too few free seats are a SeatsUnavailableError without seats.',
    args: {
      input: t.arg({
        type: HoldBestAvailableInput,
        required: true,
        description: 'How many seats, and of which kind.',
      }),
    },
    authScopes: { viewer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const { eventId, kind } = await checkTogether({
        eventId: () => eventIdFrom(input.eventId),
        quantity: () => checkQuantity(input.quantity),
        key: () => checkIdempotencyKey(input.idempotencyKey),
        kind: () => {
          const id = parseEventId(input.eventId);
          return id === null ? null : seatKindFrom(ctx, id, input.section ?? null, input.priceTier ?? null);
        },
      });
      const record = await holdBestAvailable(ctx, {
        buyerId: callerOf(ctx).userId,
        eventId,
        quantity: input.quantity,
        section: kind?.section ?? null,
        tierIndex: kind?.tierIndex ?? null,
        idempotencyKey: input.idempotencyKey ?? null,
      });
      return bookingAfter(ctx, info, record, 'The hold was created');
    },
  }),
);
