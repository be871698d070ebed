import {
  BookingStateError,
  CancellationRefusedError,
  EventNotOnSaleError,
  ExtensionRefusedError,
  HoldExpiredError,
  OrphanSeatsError,
  SeatLimitExceededError,
  SeatsUnavailableError,
} from '../../booking/rules/errors.ts';
import { AdmissionRequiredError } from '../../platform/errors.ts';
import { readSeatsByIndex } from '../reads/seats.ts';
import { BookingStatus } from './booking.ts';
import { builder } from './builder.ts';
import { ErrorInterface } from './errors.ts';
import { EventStatus } from './event.ts';

builder.objectType(SeatsUnavailableError, {
  name: 'SeatsUnavailableError',
  description: 'A requested seat is not available, or too few seats match the request. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    seats: t.field({
      type: ['Seat'],
      description: 'The requested seats that are not available, sorted by index.',
      resolve: ({ eventId, seatIndexes }, _args, ctx) => readSeatsByIndex(ctx, eventId, seatIndexes),
    }),
    unavailableSeats: t.field({
      type: ['Seat'],
      description:
        'The same as `seats`, under a name that does not conflict with `Event.seats` in the same selection.',
      resolve: ({ eventId, seatIndexes }, _args, ctx) => readSeatsByIndex(ctx, eventId, seatIndexes),
    }),
  }),
});

builder.objectType(SeatLimitExceededError, {
  name: 'SeatLimitExceededError',
  description:
    'The buyer would have more seats at this event than its `seatLimit`, held and booked together. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    limit: t.exposeInt('limit', {
      description: 'The maximum number of seats that one buyer may have at this event.',
    }),
  }),
});

builder.objectType(OrphanSeatsError, {
  name: 'OrphanSeatsError',
  description:
    "The choice would leave single seats isolated, which the event's `orphanRule` forbids. Nothing was changed.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    seats: t.field({
      type: ['Seat'],
      description: 'The seats that would be isolated, sorted by index.',
      resolve: ({ eventId, seatIndexes }, _args, ctx) => readSeatsByIndex(ctx, eventId, seatIndexes),
    }),
    alternatives: t.field({
      type: [t.listRef('Seat')],
      description:
        'Up to three alternatives: blocks of the same number of adjacent seats that are allowed and were available, nearest first. Empty if there are none.',
      resolve: async ({ eventId, alternatives }, _args, ctx) => {
        const seats = await readSeatsByIndex(ctx, eventId, alternatives.flat());
        return alternatives.map((choice) => seats.filter(({ index }) => choice.includes(index)));
      },
    }),
  }),
});

builder.objectType(EventNotOnSaleError, {
  name: 'EventNotOnSaleError',
  description: "The event's status or sale period does not allow the operation at this time.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    eventStatus: t.expose('status', {
      type: EventStatus,
      description: 'The current status of the event.',
    }),
    status: t.expose('status', {
      type: EventStatus,
      description: 'The current status of the event.',
      deprecationReason:
        'Use `eventStatus`. Other members of the result unions have a `status` field of a different type, so `status` needs an alias.',
    }),
    onSaleAt: t.expose('onSaleAt', { type: 'DateTime', description: 'Time from which seats can be held.' }),
    saleEndsAt: t.expose('saleEndsAt', {
      type: 'DateTime',
      description: 'Time until which seats can be held.',
    }),
  }),
});

builder.objectType(HoldExpiredError, {
  name: 'HoldExpiredError',
  description: 'The hold has expired, and other buyers can take its seats. Start a new hold.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    expiredAt: t.expose('expiredAt', { type: 'DateTime', description: 'Time at which the hold expired.' }),
  }),
});

builder.objectType(BookingStateError, {
  name: 'BookingStateError',
  description: "The booking's status does not allow the operation.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    bookingStatus: t.expose('status', {
      type: BookingStatus,
      description: 'The current status of the booking.',
    }),
    status: t.expose('status', {
      type: BookingStatus,
      description: 'The current status of the booking.',
      deprecationReason:
        'Use `bookingStatus`. Other members of the result unions have a `status` field of a different type, so `status` needs an alias.',
    }),
  }),
});

builder.objectType(ExtensionRefusedError, {
  name: 'ExtensionRefusedError',
  description:
    'The hold cannot be extended: the event allows no extension, the hold was already extended, or it has reached its maximum lifetime. `message` says which.',
  interfaces: [ErrorInterface],
});

builder.objectType(CancellationRefusedError, {
  name: 'CancellationRefusedError',
  description:
    'The buyer cannot cancel this booking: the event does not allow it, or `cancelableUntil` has passed. The organizer of the event still can.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    cancelableUntil: t.expose('cancelableUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Time until which buyers could cancel. Null if the event does not allow buyers to cancel.',
    }),
  }),
});

builder.objectType(AdmissionRequiredError, {
  name: 'AdmissionRequiredError',
  description:
    "The event's waiting room is on, and the caller is not admitted: the admission token is missing, invalid, expired, or revoked, or the place's number is not up.",
  interfaces: [ErrorInterface],
});
