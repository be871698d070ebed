import type { IssuedToken } from '../../identity/identity.ts';
import type { Viewer as Caller } from '../../identity/viewer.ts';
import { encodeId } from '../../platform/ids.ts';
import { readBuyerBookings } from '../reads/bookings.ts';
import { readEventConnection } from '../reads/events.ts';
import { pageCost } from '../reads/pagination.ts';
import { readOrganizerVenues } from '../reads/venues.ts';
import { BookingConnection, BookingStatus } from './booking.ts';
import { builder } from './builder.ts';
import { EventConnection, EventStatus } from './event.ts';
import { VenueConnection } from './venue.ts';

export const Viewer = builder.objectRef<Caller>('Viewer').implement({
  description: 'The authenticated caller.',
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, globally unique identifier.',
      resolve: ({ userId }) => encodeId('User', userId),
    }),
    bookings: t.field({
      type: BookingConnection,
      description: "The caller's bookings, newest first.",
      args: {
        ...t.arg.connectionArgs(),
        status: t.arg({ type: BookingStatus, description: 'Returns only bookings in this status.' }),
      },
      complexity: pageCost,
      resolve: ({ userId }, args, ctx, info) => readBuyerBookings(ctx, info, userId, args),
    }),
  }),
});

/** The venues and events of an organizer. */
builder.objectFields(Viewer, (t) => ({
  venues: t.field({
    type: VenueConnection,
    nullable: true,
    description: "The caller's venues, newest first. Organizers only: other callers get a FORBIDDEN error.",
    args: t.arg.connectionArgs(),
    complexity: pageCost,
    authScopes: { organizer: true },
    resolve: ({ userId }, args, ctx, info) => readOrganizerVenues(ctx, info, userId, args),
  }),
  events: t.field({
    type: EventConnection,
    nullable: true,
    description:
      'The events that the caller organizes, including drafts, in the order of `Query.events`. Organizers only: other callers get a FORBIDDEN error.',
    args: {
      ...t.arg.connectionArgs(),
      status: t.arg({ type: EventStatus, description: 'Returns only events in this status.' }),
      startsFrom: t.arg({
        type: 'DateTime',
        description: 'Returns only events that start at or after this time.',
      }),
      startsBefore: t.arg({
        type: 'DateTime',
        description: 'Returns only events that start before this time.',
      }),
    },
    complexity: pageCost,
    authScopes: { organizer: true },
    resolve: ({ userId }, args, ctx, info) => readEventConnection(ctx, info, userId, args),
  }),
}));

export const GuestSession = builder.objectRef<IssuedToken>('GuestSession').implement({
  description: 'A guest session: a buyer without an account.',
  fields: (t) => ({
    token: t.exposeString('token', {
      description:
        'The access token of the session. Keep it secret: anyone who has it can act as this buyer.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'Time at which the token expires.',
    }),
  }),
});
