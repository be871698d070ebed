import { parseBookingKey } from '../../platform/ids.ts';
import { builder } from '../builder.ts';
import { statusAt } from '../reads/booking-status.ts';
import { moneyOf } from '../reads/money.ts';
import { readSeatsOfBookings } from '../reads/seats.sql.ts';
import { BookingStatus } from './enums/booking-status.ts';

export const Booking = builder.prismaNode('Booking', {
  description:
    'Seats of one event that a buyer holds, owns, or once held. Only its buyer and the organizer of the event see it.',
  id: { resolve: ({ eventId, id }) => `${eventId}:${id}`, description: 'Opaque.' },
  findUnique: (key) => {
    const parsed = parseBookingKey(key);
    if (parsed === null) throw new Error('a booking has a key that is none');
    return { eventId_id: { eventId: parsed.eventId, id: parsed.bookingId } };
  },
  fields: (t) => ({
    status: t.field({
      type: BookingStatus,
      description:
        'Where it stands. A hold reads as EXPIRED from its deadline on; its seats follow within two seconds.',
      resolve: (booking, _args, { clock }) => statusAt(booking, clock.nowMs()),
    }),
    event: t.relation('event', { description: 'The event that the seats are of.' }),
    seats: t.loadableList({
      type: 'Seat',
      description: 'The seats, by index; of a booking that has ended, those that it had.',
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
      description: 'What all seats cost together, as priced when they were held.',
      loaderOptions: { cache: false },
      load: (bookings: { eventId: number; totalAmount: bigint }[], ctx) =>
        moneyOf(
          ctx,
          bookings.map(({ eventId, totalAmount }) => ({ eventId, amount: totalAmount })),
        ),
      resolve: (booking) => booking,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the seats were held.' }),
    holdExpiresAt: t.expose('holdExpiresAt', {
      type: 'DateTime',
      description:
        'From when on the hold can no longer be confirmed and its seats are for others to take. What counts is when that is decided, by the clock of the database; the answer comes a moment later.',
    }),
    extendedAt: t.expose('extendedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When `holdExpiresAt` was put off, which is possible once; null if it never was.',
    }),
    confirmedAt: t.expose('confirmedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was confirmed; null if it never was.',
    }),
  }),
});
