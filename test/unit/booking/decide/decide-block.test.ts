import { describe, expect, test } from 'vitest';
import type { Refusal } from '../../../../src/booking/rules/model.ts';
import {
  aConfirmed,
  aHold,
  anOverdueHold,
  block,
  decideOne,
  given,
  nothing,
  NOW,
  stepsOf,
  unblock,
} from './situation.ts';

const refusedAs = (refusal: Refusal) => ({ outcome: { kind: 'refused', refusal }, changes: nothing });
const unavailable = (...seats: number[]) => refusedAs({ code: 'SEATS_UNAVAILABLE', seats });
const doneWith = { kind: 'done', booking: null };

test('blocking takes seats off sale, and leaves blocked seats as they are', () => {
  const { outcome, changes } = decideOne(given({ blocked: [2] }), block([1, 2, 3]));
  expect(outcome).toEqual(doneWith);
  expect(stepsOf(changes)).toEqual(['1 AVAILABLE>BLOCKED null', '3 AVAILABLE>BLOCKED null']);
  expect(changes).toMatchObject({ createdBookings: [], changedBookings: [], usedKeys: [] });
});

test('unblocking puts blocked seats back on sale, and leaves available seats as they are', () => {
  const { outcome, changes } = decideOne(given({ blocked: [2, 4] }), unblock([1, 2, 3]));
  expect(outcome).toEqual(doneWith);
  expect(stepsOf(changes)).toEqual(['2 BLOCKED>AVAILABLE null']);
});

test('blocking expires overdue bookings of the seats completely', () => {
  const { outcome, changes } = decideOne(given({ bookings: [anOverdueHold()] }), block([1, 2]));
  expect(outcome).toEqual(doneWith);
  expect(changes.changedBookings).toMatchObject([{ after: { id: 'h', status: 'EXPIRED', endedAtMs: NOW } }]);
  expect(stepsOf(changes)).toEqual([
    '0 HELD>AVAILABLE h',
    '1 HELD>AVAILABLE h',
    '1 AVAILABLE>BLOCKED null',
    '2 AVAILABLE>BLOCKED null',
  ]);
});

test('blocking is retried if an overdue booking has a seat that is not locked', () => {
  const locked = given({ bookings: [anOverdueHold()], unlocked: [0] });
  expect(decideOne(locked, block([1, 2]))).toEqual({
    outcome: { kind: 'retry', why: 'unlocked' },
    changes: nothing,
  });
});

test('a hold prevents blocking until the millisecond before its deadline', () => {
  const last = given({ bookings: [anOverdueHold()], clockMs: NOW - 1 });
  expect(decideOne(last, block([1, 2]))).toEqual(unavailable(1));
});

describe.each([
  ['block', block],
  ['unblock', unblock],
] as const)('%s', (_, command) => {
  test('refuses all seats if some are held or booked, and lists exactly those', () => {
    const bookings = [aHold(), aConfirmed({ id: 'c', seats: [5] })];
    expect(decideOne(given({ bookings, blocked: [4] }), command([5, 4, 3, 1]))).toEqual(unavailable(5, 1));
  });

  test("is allowed to the event's organizer only; for others the event does not exist", () => {
    const locked = given({ blocked: [1] });
    const notFound = refusedAs({ code: 'NOT_FOUND', what: 'event' });
    expect(decideOne(locked, command([1, 2], 'ada'))).toEqual(notFound);
    expect(decideOne(locked, command([10], 'ada'))).toEqual(notFound);
  });

  test('refuses a seat beyond the hall as not found', () => {
    expect(decideOne(given({ blocked: [1] }), command([1, 2, 10]))).toEqual(
      refusedAs({ code: 'NOT_FOUND', what: 'seat' }),
    );
  });

  test('is retried if a seat is not locked', () => {
    const locked = given({ blocked: [1], unlocked: [2] });
    expect(decideOne(locked, command([0, 1, 2]))).toEqual({
      outcome: { kind: 'retry', why: 'unlocked' },
      changes: nothing,
    });
  });

  test.each(['DRAFT', 'PAUSED', 'ENDED', 'CANCELED'] as const)(
    'is allowed while the event is %s',
    (status) => {
      const { outcome, changes } = decideOne(given({ event: { status }, blocked: [1] }), command([1, 2]));
      expect(outcome).toEqual(doneWith);
      expect(changes.steps).toHaveLength(1);
    },
  );
});
