import type { GraphQLResolveInfo } from 'graphql';
import type { BookingRecord } from '../../booking/rules/model.ts';
import type { Booking as Row } from '../../generated/prisma/client.ts';
import { encodeBookingId, encodeBookingNumber, parseBookingKey } from '../../platform/ids.ts';
import type { GraphQLContext } from '../context.ts';
import { recordCommit } from '../engine/errors/response-errors.ts';
import {
  getBookingDeadlineMs,
  isOverdue,
  type DeadlineContext,
  type HoldRow,
} from '../reads/hold-deadlines.ts';
import { readMoney } from '../reads/money.ts';
import { readSeatsOfBookings } from '../reads/seats.sql.ts';
import { builder } from './builder.ts';

export const BookingStatus = builder.enumType('BookingStatus', {
  description: 'The status of a booking. Only bookings in HOLD or CONFIRMED occupy seats.',
  values: {
    HOLD: {
      description: 'The seats are reserved until `holdExpiresAt`. Until then the hold can be confirmed.',
    },
    CONFIRMED: { description: 'The booking is confirmed and its seats are sold.' },
    EXPIRED: { description: 'The hold expired before it was confirmed.' },
    RELEASED: { description: 'The buyer released the hold.' },
    CANCELED: { description: 'The booking was confirmed and later canceled.' },
  } as const,
});

export const Booking = builder.prismaNode('Booking', {
  description:
    "A buyer's hold or purchase of seats at one event, current or past. Visible to its buyer and to the organizer of the event.",
  id: {
    resolve: ({ eventId, id }) => `${eventId}:${id}`,
    description: 'Opaque, globally unique identifier.',
  },
  findUnique: (key) => {
    const parsed = parseBookingKey(key);
    if (parsed === null) throw new Error(`${key} is not the key of a booking`);
    return { eventId_id: { eventId: parsed.eventId, id: parsed.bookingId } };
  },
  fields: (t) => ({
    number: t.string({
      description:
        'A short number of the booking that people can read to each other, such as `12-7K3M-9TQ2`. It proves nothing, and two bookings of an event may have the same one, though rarely. Use `id` to identify a booking.',
      resolve: ({ eventId, id }) => encodeBookingNumber(eventId, id),
    }),
    status: t.field({
      type: BookingStatus,
      description:
        'The status of the booking. A hold reads as EXPIRED as soon as its deadline passes, but not during an outage that keeps it. Its seats become AVAILABLE within two seconds, or a random time of at most 1.2 seconds later if the event has a `takeoverDelay`.',
      resolve: (booking, _args, ctx) => getBookingStatus(booking, ctx),
    }),
    event: t.relation('event', { description: 'The event that the seats belong to.' }),
    seats: t.loadableList({
      type: 'Seat',
      description:
        'The seats of the booking, sorted by index. After the booking has ended, the seats that it had.',
      loaderOptions: { cache: false },
      load: async (bookings: { eventId: number; id: string }[], { database }) => {
        const seats = await readSeatsOfBookings(database.reads, bookings);
        const byBooking = Map.groupBy(seats, ({ bookingId }) => bookingId);
        return bookings.map(({ id }) => byBooking.get(id) ?? []);
      },
      resolve: (booking) => booking,
    }),
    total: t.loadable({
      type: 'Money',
      description: 'The total price of all seats, at the prices that applied when they were held.',
      loaderOptions: { cache: false },
      load: (bookings: { eventId: number; totalAmount: bigint }[], ctx) =>
        readMoney(
          ctx,
          bookings.map(({ eventId, totalAmount }) => ({ eventId, amount: totalAmount })),
        ),
      resolve: (booking) => booking,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Time at which the seats were held.' }),
    holdExpiresAt: t.field({
      type: 'DateTime',
      resolve: (booking, _args, ctx) => new Date(getBookingDeadlineMs(booking, ctx)),
      description:
        'Time at which the hold expires: from then on it cannot be confirmed, and other buyers can take its seats, after a short random time if the event has a `takeoverDelay`. An outage in which holds cannot be confirmed moves it later, never earlier, once it is recorded: until then a hold may be in HOLD although this time has passed, so read it again when `serviceUpdates` reports NORMAL. The server compares this time with the database clock when it decides, not when the response is sent.',
    }),
    extendedAt: t.expose('extendedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'Time at which the hold was extended. Null if it was never extended; a hold can be extended once.',
    }),
    confirmedAt: t.expose('confirmedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Time at which the booking was confirmed. Null if it was never confirmed.',
    }),
  }),
});

/** Returns the status of a booking at a time. A hold is EXPIRED from its deadline, even before its row says so. */
function getBookingStatus(booking: HoldRow, ctx: DeadlineContext) {
  return booking.status === 'HOLD' && isOverdue(booking, ctx) ? 'EXPIRED' : booking.status;
}

export const BookingConnection = builder.connectionObject<
  typeof Booking,
  { readonly countAll: () => Promise<number> },
  false,
  false
>(
  {
    type: Booking,
    name: 'BookingConnection',
    description: 'A page of a list of bookings.',
    fields: (t) => ({
      totalCount: t.int({
        description: 'The total number of bookings on all pages.',
        resolve: ({ countAll }) => countAll(),
      }),
    }),
  },
  { name: 'BookingEdge', description: 'A booking and its cursor.' },
);

/**
 * Returns the changed booking, for mutations whose result union contains Booking. If its fields cannot be read, the client
 * learns that the change was committed.
 *
 * @param done what the mutation did, as a clause; see `Commit`.
 */
export function toBookingResult(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  record: BookingRecord,
  done: string,
) {
  const bookingId = encodeBookingId(record.eventId, record.id);
  recordCommit(ctx, info, { done, ids: { bookingId, status: record.status } });
  return toBookingRow(record);
}

/** Converts the result of a booking operation to a row of its table, which saves reading the row. */
export function toBookingRow(record: BookingRecord) {
  const row: Row = {
    eventId: record.eventId,
    id: record.id,
    buyerId: record.buyerId,
    status: record.status,
    seatCount: record.seats.length,
    totalAmount: BigInt(record.totalAmount),
    createdAt: new Date(record.createdAtMs),
    holdExpiresAt: new Date(record.holdExpiresAtMs),
    takeoverDelayMs: record.takeoverDelayMs,
    extendedAt: toDate(record.extendedAtMs),
    confirmedAt: toDate(record.confirmedAtMs),
    endedAt: toDate(record.endedAtMs),
  };
  return Booking.addBrand(row);
}

function toDate(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
