import type { Findings } from './breach.ts';
import type { BookingLife, Timeline } from './timeline.ts';

/** Checks that no hold exceeded its buyer's seat limit when it was made, by the record (I14). */
export function checkLimits({ record, bookings }: Timeline, findings: Findings): void {
  const open = new Map<string, Set<BookingLife>>();
  for (const { version, clockMs, bookings: changed } of record.changes) {
    for (const { id, status } of changed) {
      const booking = bookings.get(id);
      if (booking === undefined) continue;
      const its = open.get(booking.buyerId) ?? new Set();
      open.set(booking.buyerId, its);
      if (status === 'HOLD' || status === 'CONFIRMED') its.add(booking);
      else its.delete(booking);
    }
    for (const { id, status } of changed) {
      const booking = bookings.get(id);
      if (booking === undefined || status !== 'HOLD') continue;
      const counting = [...(open.get(booking.buyerId) ?? [])].filter((other) =>
        counts(other, version, clockMs),
      );
      const seats = counting.reduce((sum, other) => sum + other.seats.length, 0);
      if (seats > record.seatLimit)
        findings.add(
          'I14',
          `version ${version}: buyer ${booking.buyerId} has ${seats} seats, more than ${record.seatLimit}`,
        );
    }
  }
}

/** An overdue hold no longer counts. A booking confirmed by then always does. */
function counts(booking: BookingLife, version: number, clockMs: number): boolean {
  const confirmed = booking.statuses.some(
    (change) => change.status === 'CONFIRMED' && change.version <= version,
  );
  return confirmed || booking.holdExpiresAtMs > clockMs;
}
