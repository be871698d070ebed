import type { BookingStatus, SeatStatus } from '../../../src/booking/rules/model.ts';
import type { EventRecord, StoredBooking } from './event-record.ts';

/** A state of a seat, from the clock of the batch that began it to the clock of the batch that ended it. */
export interface SeatSpan {
  readonly status: SeatStatus;
  readonly bookingId: string | null;
  readonly fromMs: number;
  untilMs: number;
}

export interface StatusChange {
  readonly status: BookingStatus;
  readonly version: number;
  readonly clockMs: number;
}

/** A booking and its statuses in the change record. */
export interface BookingLife extends StoredBooking {
  readonly seats: readonly number[];
  readonly statuses: StatusChange[];
}

/** The content of the change record, by seat and by booking. */
export interface Timeline {
  readonly record: EventRecord;
  readonly seats: readonly SeatSpan[][];
  readonly bookings: ReadonlyMap<string, BookingLife>;
}

export function buildTimeline(record: EventRecord): Timeline {
  const seats = Array.from({ length: record.seatsTotal }, (): SeatSpan[] => [
    { status: 'AVAILABLE', bookingId: null, fromMs: -Infinity, untilMs: Infinity },
  ]);
  const bookings = new Map<string, BookingLife>(
    record.bookings.map((booking) => [
      booking.id,
      { ...booking, seats: booking.claims.map(({ seat }) => seat), statuses: [] },
    ]),
  );
  for (const { version, clockMs, steps, bookings: changed } of record.changes) {
    for (const { seat, to, bookingId } of steps) {
      const spans = seats[seat] ?? [];
      const last = spans.at(-1);
      if (last !== undefined) last.untilMs = clockMs;
      const has = to === 'HELD' || to === 'BOOKED';
      spans.push({
        status: to,
        bookingId: has ? bookingId : null,
        fromMs: clockMs,
        untilMs: Infinity,
      });
    }
    for (const { id, status } of changed) bookings.get(id)?.statuses.push({ status, version, clockMs });
  }
  return { record, seats, bookings };
}

/** Returns whether a response may show this deadline: the stored one, or up to all of the time of outages later. */
export function isDeadline({ holdExpiresAtMs, creditMs = 0 }: BookingLife, shownMs: number): boolean {
  return shownMs >= holdExpiresAtMs && shownMs <= holdExpiresAtMs + creditMs;
}

/** Returns the change that gave the booking this status, if any. */
export function changeTo(booking: BookingLife, status: BookingStatus): StatusChange | undefined {
  return booking.statuses.find((change) => change.status === status);
}

/** Whether the booking can have had the status, by the record alone, at some moment from `fromMs` to `untilMs`. */
export function hadStatus(
  booking: BookingLife,
  status: BookingStatus,
  fromMs: number,
  untilMs: number,
): boolean {
  return booking.statuses.some(
    (change, i) =>
      change.status === status &&
      change.clockMs <= untilMs &&
      (booking.statuses[i + 1]?.clockMs ?? Infinity) >= fromMs,
  );
}
