import type { SeatStatus } from '../../../src/booking/rules/model.ts';
import type { Findings } from './breach.ts';
import type { Timeline } from './timeline.ts';

/** Checks that seats, bookings, claims and counters match the change record (I1, I2, counters). */
export function checkFinalState({ record, seats, bookings }: Timeline, findings: Findings): void {
  const counted = { HELD: 0, BOOKED: 0, BLOCKED: 0, AVAILABLE: 0 } satisfies Record<SeatStatus, number>;
  if (record.seats.length !== record.seatsTotal)
    findings.add('counters', `${record.seats.length} seats instead of ${record.seatsTotal}`);
  for (const { seat, status, bookingId } of record.seats) {
    counted[status]++;
    const last = seats[seat]?.at(-1);
    if (last !== undefined && (last.status !== status || last.bookingId !== bookingId))
      findings.add(
        'I8',
        `seat ${seat} is ${status} with ${bookingId}, but ${last.status} with ${last.bookingId} in the record`,
      );
    const holder = bookingId === null ? undefined : bookings.get(bookingId)?.status;
    const wanted = status === 'BOOKED' ? 'CONFIRMED' : status === 'HELD' ? 'HOLD' : undefined;
    if (holder !== wanted)
      findings.add('I2', `seat ${seat} is ${status}, but its booking ${bookingId} is ${holder ?? 'none'}`);
  }
  const { held, booked, blocked } = record.counted;
  if (held !== counted.HELD || booked !== counted.BOOKED || blocked !== counted.BLOCKED)
    findings.add('counters', `${JSON.stringify(record.counted)} instead of ${JSON.stringify(counted)}`);
  checkClaims({ record, seats, bookings }, findings);
}

/**
 * Checks that each seat has at most one claim, that each claim has its booking's status, and that the seat refers to
 * that booking.
 */
function checkClaims({ record, bookings }: Timeline, findings: Findings): void {
  const holders = new Map(record.seats.map(({ seat, bookingId }) => [seat, bookingId]));
  const claimed = new Map<number, string>();
  for (const booking of bookings.values()) {
    for (const { seat, status } of booking.claims) {
      if (status !== booking.status)
        findings.add(
          'I1',
          `booking ${booking.id} is ${booking.status}, but its claim on seat ${seat} is ${status}`,
        );
      if (booking.status !== 'HOLD' && booking.status !== 'CONFIRMED') continue;
      const other = claimed.get(seat);
      if (other !== undefined) findings.add('I1', `seat ${seat} is claimed by ${other} and by ${booking.id}`);
      claimed.set(seat, booking.id);
      if (holders.get(seat) !== booking.id)
        findings.add(
          'I2',
          `booking ${booking.id} claims seat ${seat}, but the seat refers to ${holders.get(seat)}`,
        );
    }
  }
}
