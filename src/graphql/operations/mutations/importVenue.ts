import { InvalidPlanError } from '../../../catalog/errors.ts';
import { importVenue } from '../../../catalog/venues/import-venue.ts';
import { encodeVenueId } from '../../../platform/ids.ts';
import { recordCommit } from '../../engine/errors/response-errors.ts';
import { commitOrBusy } from '../../engine/errors/database-outage.ts';
import { getPrismaSelection } from '../../reads/prisma-selection.ts';
import { builder } from '../../schema/builder.ts';
import { commonErrors } from '../../schema/mutation-results.ts';
import { Venue } from '../../schema/venue.ts';

const ImportVenueInput = builder.inputType('ImportVenueInput', {
  description: 'Input of `importVenue`.',
  fields: (t) => ({
    plan: t.string({
      required: true,
      description:
        'The seating plan as JSON text in the pretix seating plan format, with at most 200,000 seats. Keys that are not part of that format are ignored.',
    }),
    timeZone: t.string({
      required: true,
      defaultValue: 'UTC',
      description:
        'The IANA name of the time zone of the hall, such as Europe/Berlin. A plan that the caller has already imported must have the same zone.',
    }),
  }),
});

const ImportVenueResult = builder.errorUnion('ImportVenueResult', {
  description: 'The venue, or the error that prevented the import.',
  types: [Venue, InvalidPlanError, ...commonErrors],
});

builder.mutationField('importVenue', (t) =>
  t.withAuth({ organizer: true }).field({
    type: ImportVenueResult,
    nullable: true,
    description:
      'Creates a venue from a seating plan. If the caller has already imported the same plan, returns the existing venue. Organizers only.',
    args: {
      input: t.arg({ type: ImportVenueInput, required: true, description: 'The seating plan to import.' }),
    },
    resolve: async (_root, { input }, ctx, info) => {
      const organizerId = ctx.viewer.userId;
      const { venueId } = await commitOrBusy(ctx, () =>
        importVenue(
          { db: ctx.database.worker },
          { organizerId, planJson: input.plan, timeZone: input.timeZone },
        ),
      );
      recordCommit(ctx, info, { done: 'The venue was imported', ids: { venueId: encodeVenueId(venueId) } });
      const venue = await ctx.database.reads.venue.findUniqueOrThrow({
        ...getPrismaSelection(ctx, info, { typeName: 'Venue' }),
        where: { id: venueId },
      });
      return Venue.addBrand(venue);
    },
  }),
);
