import type { Booking } from '../api/problem.ts';
import { formatDateTime, formatMoney } from '../text/format.ts';
import { t } from '../text/i18n.ts';
import { isolate } from '../text/isolate.ts';
import { getSeatLabel } from '../text/seat-label.ts';

/** Offers the booking as a text file. It contains no token, because people send such files to others. */
export function saveBooking(booking: Booking): void {
  const { event } = booking;
  const lines = [
    event.name,
    formatDateTime(event.startsAt, event.venue.timeZone),
    event.venue.name,
    '',
    ...booking.seats.map(
      (seat) =>
        `${isolate(getSeatLabel(seat))} · ${isolate(seat.priceTier.name)} · ${formatMoney(seat.priceTier.price)}`,
    ),
    '',
    `${t('total')} ${formatMoney(booking.total)}`,
    `${t('bookingNumber')} ${booking.number}`,
  ];
  const url = URL.createObjectURL(new Blob([lines.join('\n')], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `sellout-booking-${booking.number}.txt`;
  link.click();
  URL.revokeObjectURL(url);
}
