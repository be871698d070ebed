import type { Command } from '../../../../../src/booking/rules/commands.ts';
import type {
  BookingRecord,
  Changes,
  LockedState,
  Seat,
  SeatStatus,
} from '../../../../../src/booking/rules/model.ts';
import type { Outcome } from '../../../../../src/booking/rules/draft.ts';
import { equal } from './equal.ts';
import type { Stored } from './stored-state.ts';

/** The legal steps of a seat, as text. */
const legal = new Set([
  'AVAILABLE>HELD',
  'HELD>BOOKED',
  'HELD>AVAILABLE',
  'AVAILABLE>BLOCKED',
  'BLOCKED>AVAILABLE',
  'BOOKED>AVAILABLE',
]);

/** Checks I8 and the shape of a batch's changes before they are stored. @throws at the first breach. */
export function checkChanges(
  locked: LockedState,
  commands: readonly Command[],
  { outcomes, changes }: { readonly outcomes: readonly Outcome[]; readonly changes: Changes },
): void {
  ensure(outcomes.length === commands.length, 'one outcome a command');
  checkSteps(locked, changes);
  const done = commands.filter((_, n) => outcomes[n]?.kind === 'done');
  for (const { id } of changes.createdBookings) {
    ensure(
      done.some((command) => command.kind === 'hold' && command.bookingId === id),
      `booking ${id} was created by a hold that was done`,
    );
  }
  for (const used of changes.usedKeys) {
    ensure(
      done.some(
        (command) =>
          'key' in command && command.key?.keyHash === used.keyHash && command.buyerId === used.buyerId,
      ),
      `key ${used.keyHash} was used by a command that was done`,
    );
  }
  for (const { before, after } of changes.changedBookings) checkBooking(before, after, locked);
  if (done.length === 0)
    ensure(
      Object.values(changes).every((list: readonly unknown[]) => list.length === 0),
      'no trace',
    );
}

/** The legal next statuses of a booking, by its status, before its deadline and after its takeover delay; none between. */
function checkBooking(before: BookingRecord, after: BookingRecord, { clockMs, event }: LockedState): void {
  const change = `booking ${before.id} from ${before.status} to ${after.status}`;
  const overdue = before.holdExpiresAtMs <= clockMs;
  const takeable = before.holdExpiresAtMs + before.takeoverDelayMs <= clockMs;
  if (before.status === 'HOLD')
    ensure(
      after.status === 'EXPIRED' ? takeable : !overdue,
      `${change} on the right side of its deadline and delay`,
    );
  else
    ensure(
      before.status === 'CONFIRMED' && after.status === 'CANCELED',
      `only a hold changes, or is canceled: ${change}`,
    );
  if (before.holdExpiresAtMs === after.holdExpiresAtMs) {
    ensure(before.takeoverDelayMs === after.takeoverDelayMs, `the takeover delay stays: ${change}`);
    return;
  }
  ensure(before.extendedAtMs === null && after.extendedAtMs === clockMs, `extended once: ${change}`);
  const life = after.holdExpiresAtMs - after.createdAtMs;
  ensure(
    before.holdExpiresAtMs < after.holdExpiresAtMs && life <= event.holdLifetimeMaxMs,
    `extended within its life: ${change}`,
  );
}

/** Checks that the steps of a seat lead from its locked state to its net change. */
function checkSteps(locked: LockedState, { steps, seats, createdBookings, changedBookings }: Changes): void {
  const written = [...createdBookings, ...changedBookings.map(({ after }) => after)];
  const canceled = new Set(written.flatMap(({ id, status }) => (status === 'CANCELED' ? [id] : [])));
  const now = new Map<number, SeatStatus>();
  for (const { seat, from, to, bookingId } of steps) {
    const was = now.get(seat) ?? locked.seats.get(seat)?.status;
    ensure(was === from, `seat ${seat} steps from ${from}, and was ${was}`);
    ensure(legal.has(`${from}>${to}`), `seat ${seat} may step from ${from} to ${to}`);
    if (from === 'BOOKED')
      ensure(canceled.has(bookingId ?? ''), `seat ${seat} is given back because ${bookingId} is canceled`);
    now.set(seat, to);
  }
  const net = new Map(seats.map(({ before, after }) => [before.index, { before, after }]));
  ensure(net.size === seats.length, 'each seat is written once');
  for (const { before, after } of seats) {
    ensure(
      equal(before, locked.seats.get(before.index)),
      `seat ${before.index} was locked as it is said to have been`,
    );
    ensure(
      now.get(before.index) === after.status,
      `seat ${before.index} is written as its last step left it`,
    );
    ensure(!equal(before, after), `seat ${before.index} is written because it changed`);
  }
  for (const [index, status] of now) {
    ensure(
      net.has(index) || locked.seats.get(index)?.status === status,
      `seat ${index} is written, for it changed`,
    );
  }
}

/** Checks I1, I2 and I14 on the state alone. @throws at the first breach. */
export function checkState(stored: Stored, clockMs: number, seatLimit: number): void {
  for (const seat of stored.seats.values()) checkSeat(stored, seat);
  const claims = new Map<string, number>();
  for (const { id, status, seats, buyerId, holdExpiresAtMs } of stored.bookings.values()) {
    if (status !== 'HOLD' && status !== 'CONFIRMED') continue;
    for (const index of seats) {
      ensure(stored.seats.get(index)?.bookingId === id, `I1: seat ${index} is ${id}'s and nobody else's`);
    }
    if (status === 'HOLD' && holdExpiresAtMs <= clockMs) continue;
    claims.set(buyerId, (claims.get(buyerId) ?? 0) + seats.length);
  }
  for (const [buyerId, count] of claims)
    ensure(count <= seatLimit, `I14: ${buyerId} has ${count} of ${seatLimit} seats`);
}

function checkSeat(stored: Stored, { index, status, bookingId }: Seat): void {
  const expected = { HELD: 'HOLD', BOOKED: 'CONFIRMED', AVAILABLE: undefined, BLOCKED: undefined }[status];
  const booking = bookingId === null ? undefined : stored.bookings.get(bookingId);
  ensure(
    (bookingId === null) === (expected === undefined),
    `I2: seat ${index} is ${status} with booking ${bookingId}`,
  );
  ensure(booking?.status === expected, `I2: seat ${index} is ${status}, its booking ${booking?.status}`);
  ensure(
    booking === undefined || booking.seats.includes(index),
    `I2: booking ${bookingId} has seat ${index}`,
  );
}

function ensure(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`not so: ${what}`);
}
