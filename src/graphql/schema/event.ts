import { parseBookingId } from '../../platform/ids.ts';
import { getEventStatus } from '../../catalog/events/event-status.ts';
import type { Event as Row } from '../../generated/prisma/client.ts';
import type { GraphQLContext } from '../context.ts';
import { readEventBookings } from '../reads/bookings.ts';
import type { EventFilter } from '../reads/event-pages.sql.ts';
import { pageCost } from '../reads/pagination.ts';
import { readSeatConnections } from '../reads/seats.ts';
import { BookingConnection, BookingStatus } from './booking.ts';
import { builder } from './builder.ts';
import { SeatMap, type SeatMapKey } from './seat-map.ts';
import { SeatConnection, SeatStatus } from './seat.ts';

export const EventStatus = builder.enumType('EventStatus', {
  description: 'The status of an event, which determines which operations are allowed.',
  values: {
    DRAFT: { description: 'The event is visible only to its organizer.' },
    ON_SALE: {
      description: 'Seats can be held from `onSaleAt` until `saleEndsAt`, and holds can be confirmed.',
    },
    PAUSED: { description: 'The sale is paused. Existing holds can be confirmed, but no seats can be held.' },
    ENDED: {
      description:
        'The sale is over: the organizer ended it, or `saleEndsAt` has passed. Seats can be neither held nor confirmed.',
    },
    CANCELED: { description: 'The event does not take place. Seats can be neither held nor confirmed.' },
  } as const,
});

export const OrphanRule = builder.enumType('OrphanRule', {
  description:
    'Whether buyers may isolate a single free seat: leave it between taken seats, or between a taken seat and the end of the row or an aisle.',
  values: {
    ALLOW: { description: 'Any available seats can be held.' },
    FORBID: {
      description:
        'A choice that isolates a single seat returns OrphanSeatsError. It is allowed if it cannot be avoided: the run of adjacent free seats is exactly one longer than the choice.',
    },
  } as const,
});

export const BookingMode = builder.enumType('BookingMode', {
  description: 'How the seats of an event are held.',
  values: {
    DIRECT: {
      description: '`holdSeats` and `holdBestAvailable` hold seats at once. Requests are possible too.',
    },
    QUEUED: {
      description:
        'Holds only come from the queue: call `requestHold` or `requestHoldBestAvailable`. `holdSeats` and `holdBestAvailable` return InvalidInputError.',
    },
  } as const,
});

interface SeatCounters {
  readonly seatsTotal: number;
  readonly seatsHeld: number;
  readonly seatsBooked: number;
  readonly seatsBlocked: number;
}

const Availability = builder.objectRef<SeatCounters>('Availability').implement({
  description: 'The number of seats of an event in each status. The four counts add up to `total`.',
  fields: (t) => ({
    total: t.exposeInt('seatsTotal', { description: 'The total number of seats.' }),
    available: t.int({
      description: 'The number of seats in status AVAILABLE.',
      resolve: (event) => event.seatsTotal - event.seatsHeld - event.seatsBooked - event.seatsBlocked,
    }),
    held: t.exposeInt('seatsHeld', { description: 'The number of seats in status HELD.' }),
    booked: t.exposeInt('seatsBooked', { description: 'The number of seats in status BOOKED.' }),
    blocked: t.exposeInt('seatsBlocked', { description: 'The number of seats in status BLOCKED.' }),
  }),
});

/** The cost of a seat map. It has a status for up to 80,000 seats, so it costs more than one field. */
const SEAT_MAP_COST = 1_000;

export const Event = builder.prismaNode('Event', {
  description: 'An event that sells the seats of a venue.',
  id: { field: 'id', description: 'Opaque, globally unique identifier.' },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the event.' }),
    startsAt: t.expose('startsAt', { type: 'DateTime', description: 'Time at which the event starts.' }),
    onSaleAt: t.expose('onSaleAt', {
      type: 'DateTime',
      description: 'Time from which seats can be held, if `status` is ON_SALE.',
    }),
    status: t.field({
      type: EventStatus,
      description:
        'The status of the event, which determines which operations are allowed. After `saleEndsAt`, it reads as ENDED as soon as no hold can still be active.',
      resolve: (event, _args, ctx) => getCurrentEventStatus(ctx, event),
    }),
    venue: t.relation('venue', { description: 'The venue where the event takes place.' }),
    priceTiers: t.relation('priceTiers', {
      description: 'The price tiers, in the order of the categories in the seating plan.',
      query: { orderBy: { index: 'asc' } },
    }),
    availability: t.field({
      type: Availability,
      description: 'The number of seats in each status.',
      resolve: (event) => event,
    }),
    seats: t.loadable({
      type: SeatConnection,
      description: 'The seats of the event, sorted by index.',
      args: {
        ...t.arg.connectionArgs(),
        status: t.arg({ type: SeatStatus, description: 'Returns only seats in this status.' }),
        section: t.arg.string({ description: 'Returns only seats in this section.' }),
      },
      complexity: pageCost,
      byPath: true,
      loaderOptions: { cache: false },
      load: (eventIds: number[], { database }, args) => readSeatConnections(database.reads, eventIds, args),
      resolve: ({ id }) => id,
    }),
    seatMap: t.loadable({
      type: SeatMap,
      description: 'The status of all seats in a compact form, for drawing a seat map.',
      complexity: { field: SEAT_MAP_COST },
      loaderOptions: { cache: false },
      load: async (events: SeatMapKey[], { seatMaps }) => {
        const maps = await seatMaps.getMany(new Map(events.map(({ id, ...seats }) => [id, seats])));
        return events.map(({ id }) => {
          const map = maps.get(id);
          return map === undefined ? new Error(`event ${id} does not exist`) : { eventId: id, ...map };
        });
      },
      resolve: ({ id, seatVersion, batchId }) => ({ id, version: seatVersion, batchId }),
    }),
  }),
});

/** The rules that an event sets for its buyers. */
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
  bookingMode: t.expose('bookingMode', {
    type: BookingMode,
    description: 'How the seats of the event are held.',
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
  takeoverDelay: t.exposeBoolean('takeoverDelay', {
    description:
      'Whether the seats of an expired hold stay HELD for a random time of at most 1.2 seconds, so that bots which wait for the deadline gain nothing.',
  }),
  cancelableUntil: t.expose('cancelableUntil', {
    type: 'DateTime',
    description: 'Time until which buyers can cancel their confirmed bookings, if `buyersMayCancel` is true.',
  }),
}));

/** The sales of an event, for its organizer. */
builder.prismaObjectFields(Event, (t) => ({
  // guard: event-bookings-cost
  bookings: t.loadable({
    type: BookingConnection,
    nullable: true,
    description:
      'The bookings of all buyers at this event, newest first. Organizer only: other callers get a FORBIDDEN error.',
    args: {
      ...t.arg.connectionArgs(),
      status: t.arg({ type: BookingStatus, description: 'Returns only bookings in this status.' }),
    },
    complexity: pageCost,
    authScopes: isOrganizerOfEvent,
    byPath: true,
    loaderOptions: { cache: false },
    load: (eventIds: number[], ctx, args, info) => readEventBookings(ctx, info, eventIds, args),
    resolve: ({ id }) => id,
  }),
  booking: t.prismaField({
    type: 'Booking',
    nullable: true,
    description:
      'Returns a booking of any buyer at this event, or null if the event has no such booking. Organizer only: other callers get a FORBIDDEN error.',
    args: { id: t.arg.id({ required: true, description: 'The ID of the booking.' }) },
    authScopes: isOrganizerOfEvent,
    resolve: async (query, event, { id }, { database }) => {
      const key = parseBookingId(id);
      if (key?.eventId !== event.id) return null; // guard: event-bookings-event
      return database.reads.booking.findUnique({
        ...query,
        where: { eventId_id: { eventId: key.eventId, id: key.bookingId } },
      });
    },
  }),
}));

function isOrganizerOfEvent(
  event: { organizerId: string },
  _args: unknown,
  { viewer }: GraphQLContext,
): boolean {
  return viewer?.role === 'ORGANIZER' && viewer.userId === event.organizerId; // guard: event-bookings-organizer
}

type SaleColumns = Pick<Row, 'status' | 'saleEndsAt' | 'holdTtlMs' | 'holdExtensionMs' | 'holdLifetimeMaxMs'>;

/** Returns the current status of an event. */
function getCurrentEventStatus(
  { clock, defaultHoldTtlMs }: GraphQLContext,
  { status, saleEndsAt, holdTtlMs, holdExtensionMs, holdLifetimeMaxMs }: SaleColumns,
) {
  const hold = { holdTtlMs: holdTtlMs ?? defaultHoldTtlMs, holdExtensionMs, holdLifetimeMaxMs };
  return getEventStatus({ status, saleEndsAtMs: saleEndsAt.getTime(), ...hold }, clock.nowMs());
}

export const EventConnection = builder.connectionObject<
  typeof Event,
  { readonly filter: EventFilter },
  false,
  false
>(
  {
    type: Event,
    name: 'EventConnection',
    description: 'A page of a list of events.',
    fields: (t) => ({
      totalCount: t.int({
        description: 'The total number of events on all pages. Up to a second old, except for organizers.',
        resolve: ({ filter }, _args, { database, eventCounts }) => eventCounts.count(database.reads, filter),
      }),
    }),
  },
  { name: 'EventEdge', description: 'An event and its cursor.' },
);
