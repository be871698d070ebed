import { InvalidPlanError } from '../../catalog/errors.ts';
import { importVenue } from '../../catalog/import-venue.ts';
import { venueIdOf } from '../../platform/ids.ts';
import { builder } from '../builder.ts';
import { callerOf } from '../caller.ts';
import { recordCommit } from '../committed.ts';
import { changing } from '../outages.ts';
import { selectionFor } from '../reads/selection.ts';
import { commonRefusals } from '../types/refusals.ts';
import { Venue } from '../types/venue.ts';

const ImportVenueInput = builder.inputType('ImportVenueInput', {
  description: 'A seating plan to make a venue of.',
  fields: (t) => ({
    plan: t.string({
      required: true,
      description:
        'The text of the plan: JSON in the form that the pretix project publishes a schema for, with at most 200,000 seats. Keys that are not in that schema are ignored.',
    }),
  }),
});

const ImportVenueResult = builder.errorUnion('ImportVenueResult', {
  description: 'The venue, or why the plan was refused, which is always the whole of it.',
  types: [Venue, InvalidPlanError, ...commonRefusals],
});

builder.mutationField('importVenue', (t) =>
  t.field({
    type: ImportVenueResult,
    nullable: true,
    description:
      'Makes a venue of a seating plan. The same plan again gives the venue that is there. For organizers.',
    args: { input: t.arg({ type: ImportVenueInput, required: true, description: 'The plan.' }) },
    authScopes: { organizer: true },
    resolve: async (_root, { input }, ctx, info) => {
      const organizerId = callerOf(ctx).userId;
      const { venueId } = await changing(ctx, () =>
        importVenue({ db: ctx.database.worker }, { organizerId, planJson: input.plan }),
      );
      recordCommit(ctx, info, { done: 'The venue was imported', ids: { venueId: venueIdOf(venueId) } });
      const venue = await ctx.database.reads.venue.findUniqueOrThrow({
        ...selectionFor(ctx, info, { typeName: 'Venue' }),
        where: { id: venueId },
      });
      return Venue.addBrand(venue);
    },
  }),
);
