import { describe, expect, test } from 'vitest';
import { decide } from '../../../../src/booking/rules/decide.ts';
import type { Command } from '../../../../src/booking/rules/commands.ts';
import type { EventRules } from '../../../../src/booking/rules/model.ts';
import type { Outcome } from '../../../../src/booking/rules/draft.ts';
import type { Refusal } from '../../../../src/booking/rules/model.ts';
import {
  aConfirmed,
  aHold,
  anOverdueHold,
  confirm,
  decideOne,
  given,
  netOf,
  nothing,
  NOW,
  stepsOf,
  theEvent,
} from './situation.ts';

const refusedAs = (refusal: Refusal) => ({ outcome: { kind: 'refused', refusal }, changes: nothing });
const answers = (outcome: Outcome) => ({ outcome, changes: nothing });
const notFound = refusedAs({ code: 'NOT_FOUND', what: 'booking' });
const isRetried = answers({ kind: 'retry', why: 'unlocked' });
const extend: Command = { kind: 'extend', bookingId: 'h', buyerId: 'ada' };
const change = (seats: readonly number[]): Command => ({
  kind: 'change',
  bookingId: 'h',
  buyerId: 'ada',
  seats,
});
const cancel = (callerId = 'ada'): Command => ({ kind: 'cancel', bookingId: 'h', callerId });

describe('changing the seats of a hold', () => {
  test('takes the new seats, releases the others, and keeps the deadline and the common seats', () => {
    const before = aHold();
    const { outcome, changes } = decideOne(given({ bookings: [before] }), change([1, 2, 4]));
    const after = { ...before, seats: [1, 2, 4], totalAmount: 210 };
    expect(outcome).toEqual({ kind: 'done', booking: after });
    expect(changes.changedBookings).toEqual([{ before, after }]);
    expect(netOf(changes)).toEqual([
      '0 HELD(h)>AVAILABLE(null)',
      '2 AVAILABLE(null)>HELD(h)',
      '4 AVAILABLE(null)>HELD(h)',
    ]);
  });

  test('to the same seats, in any order, changes nothing', () => {
    const booking = aHold();
    expect(decideOne(given({ bookings: [booking] }), change([1, 0]))).toEqual(
      answers({ kind: 'done', booking }),
    );
  });

  test('is refused with exactly the new seats that are taken', () => {
    const bookings = [aHold(), aConfirmed({ id: 'c', seats: [5] })];
    const refusal = refusedAs({ code: 'SEATS_UNAVAILABLE', seats: [5] });
    expect(decideOne(given({ bookings }), change([0, 4, 5]))).toEqual(refusal);
  });

  test("counts the buyer's other seats", () => {
    const bookings = [aHold(), aConfirmed({ id: 'c', seats: [5] })];
    expect(decideOne(given({ bookings }), change([2, 3, 4])).outcome.kind).toBe('done');
    const refusal = refusedAs({ code: 'SEAT_LIMIT_EXCEEDED', limit: 4 });
    expect(decideOne(given({ bookings }), change([1, 2, 3, 4]))).toEqual(refusal);
  });

  test('expires an overdue booking completely if it has one of the seats', () => {
    const bookings = [aHold(), anOverdueHold({ id: 'o', seats: [2, 3] })];
    const { changes } = decideOne(given({ bookings }), change([0, 2]));
    expect(stepsOf(changes)).toEqual([
      '2 HELD>AVAILABLE o',
      '3 HELD>AVAILABLE o',
      '1 HELD>AVAILABLE h',
      '2 AVAILABLE>HELD h',
    ]);
  });

  test('is retried if a current, new or expiring seat is not locked', () => {
    const bookings = [aHold(), anOverdueHold({ id: 'o', seats: [2, 3] })];
    for (const seat of [1, 2, 3]) {
      expect(decideOne(given({ bookings, unlocked: [seat] }), change([0, 2]))).toEqual(isRetried);
    }
  });

  test('and confirming it in the same batch books the new seats', () => {
    const { changes } = decide(given({ bookings: [aHold()] }), [change([2]), confirm()]);
    expect(netOf(changes)).toContain('2 AVAILABLE(null)>BOOKED(h)');
    expect(changes.changedBookings).toMatchObject([{ after: { status: 'CONFIRMED', seats: [2] } }]);
  });
});

describe('a sale that has ended', () => {
  const bookings = [aHold()];
  const over = { saleEndsAtMs: NOW };
  const { onSaleAtMs } = theEvent;

  test('refuses any change, even to the same seats, from that very millisecond on', () => {
    const refusal = refusedAs({
      code: 'EVENT_NOT_ON_SALE',
      status: 'ON_SALE',
      onSaleAtMs,
      saleEndsAtMs: NOW,
    });
    expect(decideOne(given({ bookings, event: over }), change([2]))).toEqual(refusal);
    expect(decideOne(given({ bookings, event: over }), change([0, 1]))).toEqual(refusal);
    const last = given({ bookings, event: { saleEndsAtMs: NOW + 1 } });
    expect(decideOne(last, change([2])).outcome.kind).toBe('done');
  });

  test.each(['ON_SALE', 'PAUSED'] as const)(
    'lets standing holds be confirmed and extended while %s',
    (status) => {
      const locked = given({ bookings, event: { ...over, status } });
      expect(decideOne(locked, confirm()).outcome.kind).toBe('done');
      expect(decideOne(locked, extend).outcome.kind).toBe('done');
    },
  );
});

describe('extending a hold', () => {
  const extended = (event: Partial<EventRules>) => decideOne(given({ bookings: [aHold()], event }), extend);

  test("moves its deadline by the event's extension, and changes no seat", () => {
    const { outcome, changes } = extended({});
    const booking = aHold({ holdExpiresAtMs: NOW + 900, extendedAtMs: NOW });
    expect(outcome).toEqual({ kind: 'done', booking });
    expect(changes).toEqual({ ...nothing, changedBookings: [{ before: aHold(), after: booking }] });
  });

  test('is limited by the maximum lifetime, counted from its creation', () => {
    const { outcome } = extended({ holdLifetimeMaxMs: 1_001 });
    expect(outcome).toMatchObject({ kind: 'done', booking: { holdExpiresAtMs: NOW + 501 } });
    const usedUp = refusedAs({ code: 'EXTENSION_REFUSED', why: 'LIFETIME_USED_UP' });
    expect(extended({ holdLifetimeMaxMs: 1_000 })).toEqual(usedUp);
  });

  test('is refused if the event does not allow it', () => {
    expect(extended({ holdExtensionMs: null })).toEqual(
      refusedAs({ code: 'EXTENSION_REFUSED', why: 'NOT_ALLOWED' }),
    );
  });

  test('is retried if a seat is not locked', () => {
    expect(decideOne(given({ bookings: [aHold()], unlocked: [1] }), extend)).toEqual(isRetried);
  });

  test('is refused a second time', () => {
    const bookings = [aHold({ extendedAtMs: NOW - 9 })];
    const refusal = refusedAs({ code: 'EXTENSION_REFUSED', why: 'EXTENDED_ALREADY' });
    expect(decideOne(given({ bookings }), extend)).toEqual(refusal);
  });
});

describe.each([
  ['change', change([2])],
  ['extend', extend],
])('%s', (_, command) => {
  test('is refused at the deadline', () => {
    const locked = given({ bookings: [anOverdueHold()] });
    expect(decideOne(locked, command)).toEqual(refusedAs({ code: 'HOLD_EXPIRED', expiredAtMs: NOW }));
  });

  test("of another buyer's hold is refused as not found", () => {
    expect(decideOne(given({ bookings: [aHold({ buyerId: 'bob' })] }), command)).toEqual(notFound);
  });

  test('of a confirmed booking is refused with its status', () => {
    const refusal = refusedAs({ code: 'BOOKING_STATE', status: 'CONFIRMED' });
    expect(decideOne(given({ bookings: [aConfirmed()] }), command)).toEqual(refusal);
  });
});

describe('canceling', () => {
  const never = { buyersMayCancel: false };

  test('puts the seats of a confirmed booking back on sale', () => {
    const before = aConfirmed();
    const { outcome, changes } = decideOne(given({ bookings: [before] }), cancel());
    const after = { ...before, status: 'CANCELED', endedAtMs: NOW };
    expect(outcome).toEqual({ kind: 'done', booking: after });
    expect(netOf(changes)).toEqual(['0 BOOKED(h)>AVAILABLE(null)', '1 BOOKED(h)>AVAILABLE(null)']);
  });

  test('is always allowed to the organizer, and to the buyer if the event allows it', () => {
    const locked = given({ bookings: [aConfirmed()], event: never });
    expect(decideOne(locked, cancel())).toEqual(
      refusedAs({ code: 'CANCELLATION_REFUSED', cancelableUntilMs: null }),
    );
    expect(decideOne(locked, cancel('org')).outcome.kind).toBe('done');
    expect(decideOne(locked, cancel('bob'))).toEqual(notFound);
  });

  test('is allowed to buyers until the last millisecond, and to the organizer after that', () => {
    const before = given({ bookings: [aConfirmed()], event: { cancelableUntilMs: NOW + 1 } });
    expect(decideOne(before, cancel()).outcome.kind).toBe('done');
    const after = given({ bookings: [aConfirmed()], event: { cancelableUntilMs: NOW } });
    expect(decideOne(after, cancel())).toEqual(
      refusedAs({ code: 'CANCELLATION_REFUSED', cancelableUntilMs: NOW }),
    );
    expect(decideOne(after, cancel('org')).outcome.kind).toBe('done');
  });

  test('a second time returns the booking and changes nothing', () => {
    const booking = aConfirmed({ status: 'CANCELED', endedAtMs: NOW - 1 });
    const locked = given({ bookings: [booking], event: never, unlocked: [0] });
    expect(decideOne(locked, cancel())).toEqual(answers({ kind: 'done', booking }));
  });

  test('is refused for a hold, which counts as expired from its deadline on', () => {
    const hold = refusedAs({ code: 'BOOKING_STATE', status: 'HOLD' });
    expect(decideOne(given({ bookings: [aHold()] }), cancel())).toEqual(hold);
    const expired = refusedAs({ code: 'BOOKING_STATE', status: 'EXPIRED' });
    expect(decideOne(given({ bookings: [anOverdueHold()] }), cancel())).toEqual(expired);
  });

  test('is retried if a seat is not locked', () => {
    expect(decideOne(given({ bookings: [aConfirmed()], unlocked: [1] }), cancel())).toEqual(isRetried);
  });
});
