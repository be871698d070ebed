import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../../src/booking/rules/draft.ts';
import type { Refusal } from '../../../../src/booking/rules/model.ts';
import {
  aConfirmed,
  aHold,
  anOverdueHold,
  confirm,
  decideOne,
  expire,
  given,
  netOf,
  nothing,
  NOW,
  release,
  theEvent,
} from './situation.ts';

const refusedAs = (refusal: Refusal) => ({ outcome: { kind: 'refused', refusal }, changes: nothing });
const answers = (outcome: Outcome) => ({ outcome, changes: nothing });
const expiredAt = (expiredAtMs: number) => refusedAs({ code: 'HOLD_EXPIRED', expiredAtMs });
const notFound = refusedAs({ code: 'NOT_FOUND', what: 'booking' });
const isRetried = answers({ kind: 'retry', why: 'unlocked' });

test('confirming a hold books its seats', () => {
  const before = aHold();
  const { outcome, changes } = decideOne(given({ bookings: [before] }), confirm());
  const after = { ...before, status: 'CONFIRMED', confirmedAtMs: NOW };
  expect(outcome).toEqual({ kind: 'done', booking: after });
  expect(changes).toMatchObject({ createdBookings: [], changedBookings: [{ before, after }], usedKeys: [] });
  expect(netOf(changes)).toEqual(['0 HELD(h)>BOOKED(h)', '1 HELD(h)>BOOKED(h)']);
});

test('releasing a hold puts its seats back on sale', () => {
  const before = aHold();
  const { outcome, changes } = decideOne(given({ bookings: [before] }), release());
  const after = { ...before, status: 'RELEASED', endedAtMs: NOW };
  expect(outcome).toEqual({ kind: 'done', booking: after });
  expect(changes.changedBookings).toEqual([{ before, after }]);
  expect(netOf(changes)).toEqual(['0 HELD(h)>AVAILABLE(null)', '1 HELD(h)>AVAILABLE(null)']);
});

test('expiring an overdue hold puts its seats back on sale', () => {
  const before = anOverdueHold();
  const { outcome, changes } = decideOne(given({ bookings: [before] }), expire);
  const after = { ...before, status: 'EXPIRED', endedAtMs: NOW };
  expect(outcome).toEqual({ kind: 'done', booking: after });
  expect(changes.changedBookings).toEqual([{ before, after }]);
  expect(netOf(changes)).toEqual(['0 HELD(h)>AVAILABLE(null)', '1 HELD(h)>AVAILABLE(null)']);
});

describe.each([
  ['confirm', confirm],
  ['release', release],
] as const)('%s', (_, command) => {
  test('never says that a hold expires in the future, although an outage was recorded after its end', () => {
    const ended = aHold({ status: 'EXPIRED', holdExpiresAtMs: NOW - 200, endedAtMs: NOW - 100 });
    const lasting = { startedAtMs: NOW - 250, endedAtMs: null, creditedUntilMs: Infinity };
    const locked = given({ bookings: [ended], outages: [lasting] });
    expect(decideOne(locked, command())).toEqual(expiredAt(NOW - 100));
  });

  test('is allowed one millisecond before the deadline, and refused at it', () => {
    const bookings = [aHold({ holdExpiresAtMs: NOW })];
    expect(decideOne(given({ bookings, clockMs: NOW - 1 }), command()).outcome.kind).toBe('done');
    expect(decideOne(given({ bookings }), command())).toEqual(expiredAt(NOW));
    expect(decideOne(given({ bookings, clockMs: NOW + 1 }), command())).toEqual(expiredAt(NOW));
  });

  test('of an expired booking is refused with the time at which it expired', () => {
    const bookings = [anOverdueHold({ status: 'EXPIRED', holdExpiresAtMs: NOW - 9, endedAtMs: NOW })];
    expect(decideOne(given({ bookings }), command())).toEqual(expiredAt(NOW - 9));
  });

  test('of a canceled booking is refused with its status', () => {
    const bookings = [aConfirmed({ status: 'CANCELED', endedAtMs: NOW - 1 })];
    expect(decideOne(given({ bookings }), command())).toEqual(
      refusedAs({ code: 'BOOKING_STATE', status: 'CANCELED' }),
    );
  });

  test("of another buyer's booking is refused as not found, like a booking that does not exist", () => {
    expect(decideOne(given({ bookings: [aHold()] }), command({ buyerId: 'bob' }))).toEqual(notFound);
    expect(decideOne(given({ bookings: [aConfirmed()] }), command({ buyerId: 'bob' }))).toEqual(notFound);
    expect(decideOne(given(), command())).toEqual(notFound);
  });

  test('is retried if a seat of the booking is not locked, unless it is refused anyway', () => {
    expect(decideOne(given({ bookings: [aHold()], unlocked: [1] }), command())).toEqual(isRetried);
    const overdue = given({ bookings: [anOverdueHold()], unlocked: [0, 1] });
    expect(decideOne(overdue, command())).toEqual(expiredAt(NOW));
  });
});

describe('a second time', () => {
  test("confirming returns the booking and changes nothing, however late and whatever the event's status", () => {
    const booking = aConfirmed();
    const locked = given({ bookings: [booking], event: { status: 'CANCELED' }, unlocked: [0, 1] });
    expect(decideOne(locked, confirm())).toEqual(answers({ kind: 'done', booking }));
  });

  test('releasing returns the booking and changes nothing, however late', () => {
    const booking = aHold({ status: 'RELEASED', holdExpiresAtMs: NOW - 9, endedAtMs: NOW - 20 });
    expect(decideOne(given({ bookings: [booking] }), release())).toEqual(answers({ kind: 'done', booking }));
  });

  test('one after the other is refused with the status', () => {
    const confirmed = given({ bookings: [aConfirmed()] });
    expect(decideOne(confirmed, release())).toEqual(
      refusedAs({ code: 'BOOKING_STATE', status: 'CONFIRMED' }),
    );
    const released = given({ bookings: [aHold({ status: 'RELEASED', endedAtMs: NOW })] });
    expect(decideOne(released, confirm())).toEqual(refusedAs({ code: 'BOOKING_STATE', status: 'RELEASED' }));
  });
});

describe('the status of the event', () => {
  const bookings = [aHold()];

  test.each(['ON_SALE', 'PAUSED'] as const)('%s allows an open hold to be confirmed', (status) => {
    expect(decideOne(given({ bookings, event: { status } }), confirm()).outcome.kind).toBe('done');
  });

  test.each(['DRAFT', 'ENDED', 'CANCELED'] as const)('%s refuses a confirmation', (status) => {
    const { onSaleAtMs, saleEndsAtMs } = theEvent;
    const refusal = refusedAs({ code: 'EVENT_NOT_ON_SALE', status, onSaleAtMs, saleEndsAtMs });
    expect(decideOne(given({ bookings, event: { status } }), confirm())).toEqual(refusal);
  });

  test('is checked after the deadline', () => {
    const locked = given({ bookings: [anOverdueHold()], event: { status: 'ENDED' } });
    expect(decideOne(locked, confirm())).toEqual(expiredAt(NOW));
  });

  test.each(['DRAFT', 'PAUSED', 'ENDED', 'CANCELED'] as const)(
    '%s lets a hold be released and expire',
    (status) => {
      expect(decideOne(given({ bookings, event: { status } }), release()).outcome.kind).toBe('done');
      const overdue = given({ bookings: [anOverdueHold()], event: { status } });
      expect(netOf(decideOne(overdue, expire).changes)).toHaveLength(2);
    },
  );
});

describe('expire', () => {
  test('does not touch a hold before the millisecond of its deadline', () => {
    const booking = aHold({ holdExpiresAtMs: NOW });
    const early = given({ bookings: [booking], clockMs: NOW - 1 });
    expect(decideOne(early, expire)).toEqual(answers({ kind: 'done', booking }));
    expect(netOf(decideOne(given({ bookings: [booking] }), expire).changes)).toHaveLength(2);
  });

  test.each(['CONFIRMED', 'EXPIRED', 'RELEASED', 'CANCELED'] as const)(
    'leaves a booking that is %s alone',
    (status) => {
      const booking = anOverdueHold({ status });
      expect(decideOne(given({ bookings: [booking] }), expire)).toEqual(answers({ kind: 'done', booking }));
    },
  );

  test('of a booking that does not exist does nothing', () => {
    expect(decideOne(given(), expire)).toEqual(answers({ kind: 'done', booking: null }));
  });

  test('is retried if a seat of the booking is not locked', () => {
    expect(decideOne(given({ bookings: [anOverdueHold()], unlocked: [1] }), expire)).toEqual(isRetried);
  });
});
