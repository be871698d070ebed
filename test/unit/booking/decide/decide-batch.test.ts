import { describe, expect, test } from 'vitest';
import { decide } from '../../../../src/booking/rules/decide.ts';
import type { LockedState, SeatStatus } from '../../../../src/booking/rules/model.ts';
import {
  aHold,
  anOverdueHold,
  block,
  confirm,
  expire,
  given,
  hold,
  netOf,
  nothing,
  release,
  stepsOf,
  unblock,
} from './situation.ts';

const kinds = (outcomes: readonly { kind: string }[]): string[] => outcomes.map(({ kind }) => kind);

test('a batch without commands changes nothing', () => {
  expect(decide(given(), [])).toEqual({ outcomes: [], changes: nothing });
});

test('the first of two commands for a seat gets it', () => {
  const commands = [hold([0, 1], { bookingId: 'a' }), hold([1, 2], { bookingId: 'b', buyerId: 'cyd' })];
  const { outcomes, changes } = decide(given(), commands);
  expect(outcomes).toMatchObject([
    { kind: 'done' },
    { kind: 'refused', refusal: { code: 'SEATS_UNAVAILABLE', seats: [1] } },
  ]);
  expect(changes.createdBookings.map(({ id }) => id)).toEqual(['a']);
});

test('a refused or retried command leaves no trace beside others that are done', () => {
  const locked = given({ bookings: [aHold()], unlocked: [9] });
  const key = { operation: 'holdSeats', keyHash: 'k', inputHash: 'i' } as const;
  const failing = [
    hold([0, 2], { bookingId: 'a', key }),
    hold([2, 9], { bookingId: 'b', key }),
    block([1, 2]),
  ];
  const { outcomes, changes } = decide(locked, [...failing, hold([3], { bookingId: 'c' }), ...failing]);
  expect(kinds(outcomes)).toEqual(['refused', 'retry', 'refused', 'done', 'refused', 'retry', 'refused']);
  expect(changes).toEqual(decide(locked, [hold([3], { bookingId: 'c' })]).changes);
});

describe('a seat that changes several times', () => {
  test('is released and held by another buyer: two steps and one net change', () => {
    const { outcomes, changes } = decide(given({ bookings: [aHold()] }), [release(), hold([1])]);
    expect(kinds(outcomes)).toEqual(['done', 'done']);
    expect(stepsOf(changes)).toEqual(['0 HELD>AVAILABLE h', '1 HELD>AVAILABLE h', '1 AVAILABLE>HELD new']);
    expect(netOf(changes)).toEqual(['0 HELD(h)>AVAILABLE(null)', '1 HELD(h)>HELD(new)']);
  });

  test('and returns to its first status has steps but no net change', () => {
    const { outcomes, changes } = decide(given(), [block([4]), unblock([4])]);
    expect(kinds(outcomes)).toEqual(['done', 'done']);
    expect(stepsOf(changes)).toEqual(['4 AVAILABLE>BLOCKED null', '4 BLOCKED>AVAILABLE null']);
    expect(netOf(changes)).toEqual([]);
  });

  test('has one step for each change: expired, blocked, unblocked, held, confirmed', () => {
    const own = { bookingId: 'new', buyerId: 'bob' };
    const { outcomes, changes } = decide(given({ bookings: [anOverdueHold({ seats: [0] })] }), [
      expire,
      block([0]),
      unblock([0]),
      hold([0]),
      confirm(own),
    ]);
    expect(kinds(outcomes)).toEqual(['done', 'done', 'done', 'done', 'done']);
    expect(stepsOf(changes)).toEqual([
      '0 HELD>AVAILABLE h',
      '0 AVAILABLE>BLOCKED null',
      '0 BLOCKED>AVAILABLE null',
      '0 AVAILABLE>HELD new',
      '0 HELD>BOOKED new',
    ]);
    expect(netOf(changes)).toEqual(['0 HELD(h)>BOOKED(new)']);
  });
});

describe('a booking made in the batch', () => {
  const own = { bookingId: 'new', buyerId: 'bob' };

  test('and confirmed in it is created as confirmed', () => {
    const { outcomes, changes } = decide(given(), [hold([0]), confirm(own)]);
    expect(kinds(outcomes)).toEqual(['done', 'done']);
    expect(changes.createdBookings).toMatchObject([{ id: 'new', status: 'CONFIRMED' }]);
    expect(changes.changedBookings).toEqual([]);
  });

  test('and released in it is created as released, and its seats do not change', () => {
    const { changes } = decide(given(), [hold([0]), release(own)]);
    expect(changes.createdBookings).toMatchObject([{ id: 'new', status: 'RELEASED' }]);
    expect(stepsOf(changes)).toEqual(['0 AVAILABLE>HELD new', '0 HELD>AVAILABLE new']);
    expect(netOf(changes)).toEqual([]);
  });

  test("counts towards the buyer's limit until it is released", () => {
    const more = hold([3, 4], { bookingId: 'more' });
    const { outcomes } = decide(given(), [hold([0, 1, 2]), more, release(own), more]);
    expect(outcomes).toMatchObject([
      { kind: 'done' },
      { kind: 'refused', refusal: { code: 'SEAT_LIMIT_EXCEEDED' } },
      { kind: 'done' },
      { kind: 'done' },
    ]);
  });
});

test('two commands can take seats of one overdue booking, which expires once', () => {
  const commands = [hold([0], { bookingId: 'a' }), hold([1], { bookingId: 'b' }), expire, confirm()];
  const { outcomes, changes } = decide(given({ bookings: [anOverdueHold()] }), commands);
  expect(kinds(outcomes)).toEqual(['done', 'done', 'done', 'refused']);
  expect(changes.changedBookings).toMatchObject([{ after: { id: 'h', status: 'EXPIRED' } }]);
  expect(netOf(changes)).toEqual(['0 HELD(h)>HELD(a)', '1 HELD(h)>HELD(b)']);
});

test('a booking that changes twice is written once, with its first status as the old one', () => {
  const booking = aHold();
  const { changes } = decide(given({ bookings: [booking] }), [confirm(), confirm(), release()]);
  expect(changes.changedBookings).toMatchObject([{ before: booking, after: { status: 'CONFIRMED' } }]);
});

test('the locked state is not modified', () => {
  const locked = given({ bookings: [anOverdueHold()], blocked: [5] });
  const copy = structuredClone(locked);
  decide(locked, [hold([0]), unblock([5]), release({ bookingId: 'new', buyerId: 'bob' })]);
  expect(locked).toEqual(copy);
});

describe('an inconsistent state fails the whole batch', () => {
  const withSeat = (status: SeatStatus, bookingId: string): LockedState => {
    const locked = given({ bookings: [aHold()] });
    return {
      ...locked,
      seats: new Map([...locked.seats, [0, { index: 0, tierIndex: 0, status, bookingId }]]),
    };
  };

  test('if a seat would take an illegal step', () => {
    expect(() => decide(withSeat('BOOKED', 'h'), [confirm()])).toThrow(
      'seat 0 cannot go from BOOKED to BOOKED',
    );
  });

  test('if a seat of a booking belongs to another booking', () => {
    expect(() => decide(withSeat('HELD', 'other'), [release()])).toThrow('seat 0 belongs to booking other');
  });
});
