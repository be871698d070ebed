import {
  HOLDS_RELEASED_MAX,
  releaseHolds,
  type ReleasedHolds,
} from '../../../../booking/operations/release-holds.ts';
import { checkTogether } from '../../../../platform/input-errors.ts';
import { readOrBusy } from '../../../engine/errors/database-outage.ts';
import { requireEventId, requireUserId } from '../../../inputs/ids.ts';
import { requireEventOrganizer } from '../../../reads/access.ts';
import { builder } from '../../../schema/builder.ts';
import { commonErrors } from '../../../schema/mutation-results.ts';

const ReleaseHoldsInput = builder.inputType('ReleaseHoldsInput', {
  description: 'Input of `releaseHolds`: which holds to release. A hold must match every rule that is set.',
  fields: (t) => ({
    eventId: t.id({ required: true, description: 'The ID of an event that the caller organizes.' }),
    buyerId: t.id({ description: "A buyer's `Viewer.id`: releases only the holds of this buyer." }),
    heldBefore: t.field({
      type: 'DateTime',
      description: 'Releases only holds that were created before this time.',
    }),
    section: t.string({
      description: 'The name of a section: releases only holds that have a seat in it.',
    }),
  }),
});

const Released = builder.objectRef<ReleasedHolds>('ReleasedHolds').implement({
  // The other members of its result unions are errors.
  isTypeOf: (value) => !(value instanceof Error),
  description: 'The result of releasing holds.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'The number of holds that were released.' }),
    hasMore: t.exposeBoolean('hasMore', {
      description: 'Whether more holds match. If so, call again.',
    }),
  }),
});

const ReleaseHoldsResult = builder.errorUnion('ReleaseHoldsResult', {
  description: 'The number of released holds, or the error that prevented it.',
  types: [Released, ...commonErrors],
});

builder.mutationField('releaseHolds', (t) =>
  t.field({
    type: ReleaseHoldsResult,
    nullable: true,
    description: `Releases up to ${HOLDS_RELEASED_MAX} holds of any buyers, oldest first. Holds that are confirmed or expire meanwhile are not counted. Organizer only.`,
    args: {
      rule: t.arg({ type: ReleaseHoldsInput, required: true, description: 'Which holds to release.' }),
    },
    authScopes: { organizer: true },
    resolve: async (_root, { rule }, ctx) => {
      const { eventId, buyerId } = await checkTogether({
        eventId: () => requireEventId(rule.eventId),
        buyerId: () => (rule.buyerId == null ? null : requireUserId(rule.buyerId, 'buyerId')),
      });
      await requireEventOrganizer(ctx, eventId);
      const { heldBefore = null, section = null } = rule;
      const db = ctx.database.reads;
      return readOrBusy(ctx, () => releaseHolds({ ...ctx, db }, { eventId, buyerId, heldBefore, section }));
    },
  }),
);
