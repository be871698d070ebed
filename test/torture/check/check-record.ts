import { VERSION_JUMP } from '../../../src/booking/batch/epoch.ts';
import type { BookingStatus, SeatStatus } from '../../../src/booking/rules/model.ts';
import type { Findings } from './breach.ts';
import type { Change, StoredStep } from './event-record.ts';
import type { BookingLife, Timeline } from './timeline.ts';

const legalSteps: Record<SeatStatus, readonly SeatStatus[]> = {
  AVAILABLE: ['HELD', 'BLOCKED'],
  HELD: ['BOOKED', 'AVAILABLE'],
  BOOKED: ['AVAILABLE'],
  BLOCKED: ['AVAILABLE'],
};

/** For each status of a booking: the previous status, and the step that each of its seats takes. */
const stepInto: Record<BookingStatus, { readonly after: BookingStatus | null; readonly step: string }> = {
  HOLD: { after: null, step: 'AVAILABLE HELD' },
  CONFIRMED: { after: 'HOLD', step: 'HELD BOOKED' },
  EXPIRED: { after: 'HOLD', step: 'HELD AVAILABLE' },
  RELEASED: { after: 'HOLD', step: 'HELD AVAILABLE' },
  CANCELED: { after: 'CONFIRMED', step: 'BOOKED AVAILABLE' },
};

/** Checks that the change record is a legal history: versions, steps, bookings and their deadlines (I8). */
export function checkRecord(timeline: Timeline, findings: Findings): void {
  const { record } = timeline;
  record.changes.forEach(({ version, steps, bookings }, i) => {
    const before = record.changes[i - 1]?.version ?? 0;
    // The record of a new epoch is empty.
    const isJump = version === before + VERSION_JUMP && steps.length === 0 && bookings.length === 0;
    if (version !== before + 1 && !isJump) findings.add('I8', `version ${version} follows version ${before}`);
  });
  const last = record.changes.at(-1)?.version ?? 0;
  if (last !== record.seatVersion)
    findings.add('I8', `the event is at version ${record.seatVersion}, but the record ends at ${last}`);
  checkSteps(timeline, findings);
  for (const booking of timeline.bookings.values()) checkLife(booking, findings);
  for (const change of record.changes) checkChange(timeline, change, findings);
}

/**
 * Checks that every step starts where the previous one ended, is legal for a seat, and belongs to the seat's holder.
 */
function checkSteps({ record }: Timeline, findings: Findings): void {
  const state = new Map<number, { status: SeatStatus; bookingId: string | null; clockMs: number }>();
  for (const { version, clockMs, steps } of record.changes) {
    for (const { seat, from, to, bookingId } of steps) {
      const at = `version ${version}, seat ${seat}: ${from} to ${to}`;
      const before = state.get(seat) ?? { status: 'AVAILABLE', bookingId: null, clockMs: -Infinity };
      if (from !== before.status) findings.add('I8', `${at}, but the seat was ${before.status}`);
      if (!legalSteps[from].includes(to)) findings.add('I8', `${at} is not a legal step`);
      if (before.bookingId !== null && before.bookingId !== bookingId)
        findings.add('I8', `${at} by ${bookingId}, but ${before.bookingId} had the seat`);
      if (clockMs < before.clockMs) findings.add('I8', `${at} at ${clockMs}, before its last step`);
      if (seat >= record.seatsTotal) findings.add('I8', `${at}: no such seat`);
      const has = to === 'HELD' || to === 'BOOKED';
      if (has && bookingId === null) findings.add('I8', `${at} without a booking`);
      state.set(seat, { status: to, bookingId: has ? bookingId : null, clockMs });
    }
  }
}

/** Checks the order of a booking's statuses, and that each lies on the correct side of the deadline. */
function checkLife(booking: BookingLife, findings: Findings): void {
  let before: BookingStatus | null = null;
  for (const { status, version, clockMs } of booking.statuses) {
    const at = `version ${version}: booking ${booking.id} became ${status}`;
    if (stepInto[status].after !== before) findings.add('I8', `${at} after ${before ?? 'nothing'}`);
    const deadlineMs = booking.holdExpiresAtMs + (booking.creditMs ?? 0);
    const overdue = clockMs >= deadlineMs;
    if ((status === 'CONFIRMED' || status === 'RELEASED') && overdue)
      findings.add('deadline', `${at} at ${clockMs}, ${clockMs - deadlineMs} ms past its deadline`);
    if (status === 'EXPIRED' && clockMs < booking.takeoverAtMs)
      findings.add(
        'deadline',
        `${at} ${booking.takeoverAtMs - clockMs} ms before ${overdue ? 'others could take its seats' : 'its deadline'}`,
      );
    before = status;
  }
  if (before !== booking.status)
    findings.add(
      'I8',
      `booking ${booking.id} is ${booking.status}, but ${before ?? 'nothing'} in the record`,
    );
}

/**
 * Checks that bookings and seats move together in a change: each changed booking with all of its seats, and nothing
 * else.
 */
function checkChange(timeline: Timeline, { version, steps, bookings }: Change, findings: Findings): void {
  const byBooking = Map.groupBy(
    steps.filter(({ bookingId }) => bookingId !== null),
    ({ bookingId }) => bookingId,
  );
  const changed = new Set<string>();
  for (const { id, status } of bookings) {
    const booking = timeline.bookings.get(id);
    if (booking === undefined) {
      findings.add('I8', `version ${version} changes booking ${id}, which does not exist`);
      continue;
    }
    if (changed.has(id)) findings.add('I8', `version ${version} names booking ${id} twice`);
    changed.add(id);
    const taken = seatsThatStepped(byBooking.get(id) ?? [], stepInto[status].step);
    const all = [...booking.seats].sort((a, b) => a - b);
    if (taken.join() !== all.join())
      findings.add(
        'I2',
        `version ${version}: booking ${id} became ${status} with seats ${taken.join()} of ${all.join()}`,
      );
  }
  for (const [id, its] of byBooking) {
    if (id !== null && !changed.has(id))
      findings.add('I2', `version ${version}: seat ${its[0]?.seat} moved, but booking ${id} did not`);
  }
}

function seatsThatStepped(steps: readonly StoredStep[], wanted: string): number[] {
  return steps
    .filter(({ from, to }) => `${from} ${to}` === wanted)
    .map(({ seat }) => seat)
    .sort((a, b) => a - b);
}
