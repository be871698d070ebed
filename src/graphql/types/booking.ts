import { parseBookingKey } from '../../platform/ids.ts';
import { builder } from '../schema/builder.ts';
import { statusAt } from '../reads/booking-status.ts';
import { moneyOf } from '../reads/money.ts';
import { readSeatsOfBookings } from '../reads/seats.sql.ts';
import { BookingStatus } from './enums/booking-status.ts';

export const Booking = builder.prismaNode('Booking', {
  description:
    "A buyer's hold or purchase of seats at one event, current or past. Visible to its buyer and to the organizer of the event.",
  id: {
    resolve: ({ eventId, id }) => `${eventId}:${id}`,
    description: 'Opaque, globally unique identifier.',
  },
  findUnique: (key) => {
    const parsed = parseBookingKey(key);
    if (parsed === null) throw new Error('a booking has a key that is none');
    return { eventId_id: { eventId: parsed.eventId, id: parsed.bookingId } };
  },
  fields: (t) => ({
    status: t.field({
      type: BookingStatus,
      description:
        'The status of the booking. A hold reads as EXPIRED as soon as its deadline passes; its seats become AVAILABLE within two seconds.',
      resolve: (booking, _args, { clock }) => statusAt(booking, clock.nowMs()),
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
        moneyOf(
          ctx,
          bookings.map(({ eventId, totalAmount }) => ({ eventId, amount: totalAmount })),
        ),
      resolve: (booking) => booking,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Time at which the seats were held.' }),
    holdExpiresAt: t.expose('holdExpiresAt', {
      type: 'DateTime',
      description:
        'Time at which the hold expires. From then on it cannot be confirmed, and other buyers can take its seats. The server compares this time with the database clock when it decides, not when the response is sent.',
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
