import { describe, expect, test } from 'vitest';
import type { Refusal } from '../../../../src/booking/rules/model.ts';
import {
  aConfirmed,
  aHold,
  anOverdueHold,
  decideOne,
  given,
  hold,
  holdBest,
  netOf,
  nothing,
  NOW,
  stepsOf,
  theEvent,
} from './situation.ts';

const retry = (why: 'conflict' | 'unlocked') => ({ outcome: { kind: 'retry', why }, changes: nothing });
const refusedAs = (refusal: Refusal) => ({ outcome: { kind: 'refused', refusal }, changes: nothing });
const overLimit = refusedAs({ code: 'SEAT_LIMIT_EXCEEDED', limit: 4 });
const unavailable = (...seats: number[]) => refusedAs({ code: 'SEATS_UNAVAILABLE', seats });

test("a hold takes all seats, at their price, for the event's hold time", () => {
  const { outcome, changes } = decideOne(given(), hold([2, 3]));
  const booking = aHold({
    id: 'new',
    buyerId: 'bob',
    seats: [2, 3],
    createdAtMs: NOW,
    holdExpiresAtMs: NOW + theEvent.holdTtlMs,
  });
  expect(outcome).toEqual({ kind: 'done', booking });
  expect(changes.createdBookings).toEqual([booking]);
  expect(netOf(changes)).toEqual(['2 AVAILABLE(null)>HELD(new)', '3 AVAILABLE(null)>HELD(new)']);
});

test('one taken seat refuses all, and only taken seats are listed, in the order of the request', () => {
  const bookings = [aHold(), aConfirmed({ id: 'c', seats: [5] })];
  expect(decideOne(given({ bookings, blocked: [7] }), hold([7, 2, 5, 1]))).toEqual(unavailable(7, 5, 1));
});

test("a seat of the buyer's own hold counts as taken", () => {
  expect(decideOne(given({ bookings: [aHold()] }), hold([1], { buyerId: 'ada' }))).toEqual(unavailable(1));
});

describe('sales', () => {
  const closed = (
    status: 'DRAFT' | 'ON_SALE' | 'PAUSED' | 'ENDED' | 'CANCELED',
    times: { onSaleAtMs?: number; saleEndsAtMs?: number } = {},
  ) => {
    const { onSaleAtMs, saleEndsAtMs } = { ...theEvent, ...times };
    return refusedAs({ code: 'EVENT_NOT_ON_SALE', status, onSaleAtMs, saleEndsAtMs });
  };

  test.each(['PAUSED', 'ENDED', 'CANCELED'] as const)('are closed while the event is %s', (status) => {
    expect(decideOne(given({ event: { status } }), hold([0]))).toEqual(closed(status));
  });

  test('open at the exact millisecond', () => {
    expect(decideOne(given({ event: { onSaleAtMs: NOW } }), hold([0])).outcome.kind).toBe('done');
    const early = given({ event: { onSaleAtMs: NOW + 1 } });
    expect(decideOne(early, hold([0]))).toEqual(closed('ON_SALE', { onSaleAtMs: NOW + 1 }));
  });

  test('close at the exact millisecond', () => {
    expect(decideOne(given({ event: { saleEndsAtMs: NOW + 1 } }), hold([0])).outcome.kind).toBe('done');
    const late = given({ event: { saleEndsAtMs: NOW } });
    expect(decideOne(late, hold([0]))).toEqual(closed('ON_SALE', { saleEndsAtMs: NOW }));
    expect(decideOne(late, holdBest([0]))).toEqual(closed('ON_SALE', { saleEndsAtMs: NOW }));
  });

  test('count as ended once the last hold would have expired', () => {
    // A hold of a second, extended by 0.4.
    const saleEndsAtMs = NOW - 1_400;
    const ended = given({ event: { saleEndsAtMs } });
    expect(decideOne(ended, hold([0]))).toEqual(closed('ENDED', { saleEndsAtMs }));
    const ending = given({ event: { saleEndsAtMs: saleEndsAtMs + 1 } });
    expect(decideOne(ending, hold([0]))).toEqual(closed('ON_SALE', { saleEndsAtMs: saleEndsAtMs + 1 }));
  });

  test('of a draft do not exist for a buyer, and are closed for its organizer', () => {
    const draft = given({ event: { status: 'DRAFT' } });
    expect(decideOne(draft, hold([0]))).toEqual(refusedAs({ code: 'NOT_FOUND', what: 'event' }));
    expect(decideOne(draft, hold([0], { buyerId: 'org' }))).toEqual(closed('DRAFT'));
  });

  test('that are closed are checked before the limit', () => {
    expect(decideOne(given({ event: { status: 'ENDED' } }), hold([0, 1, 2, 3, 4]))).toEqual(closed('ENDED'));
  });
});

describe('the limit', () => {
  const bobHas = (...seats: number[]) => aHold({ id: 'b', buyerId: 'bob', seats });

  test('may be reached but not exceeded', () => {
    expect(decideOne(given(), hold([0, 1, 2, 3])).outcome.kind).toBe('done');
    expect(decideOne(given(), hold([0, 1, 2, 3, 4]))).toEqual(overLimit);
  });

  test('counts held and booked seats of the buyer', () => {
    const bookings = [bobHas(4), aConfirmed({ id: 'c', buyerId: 'bob', seats: [5, 6] })];
    expect(decideOne(given({ bookings }), hold([0])).outcome.kind).toBe('done');
    expect(decideOne(given({ bookings }), hold([0, 1]))).toEqual(overLimit);
  });

  test('does not count overdue holds, ended bookings, or seats of others', () => {
    const bookings = [
      anOverdueHold({ id: 'b', buyerId: 'bob', seats: [4] }),
      aHold({ id: 'c', buyerId: 'bob', seats: [5], status: 'RELEASED' }),
      aHold({ id: 'd', buyerId: 'bob', seats: [6], status: 'EXPIRED' }),
      aHold({ id: 'e', buyerId: 'bob', seats: [7], status: 'CANCELED' }),
      aHold({ id: 'f', seats: [8, 9] }),
    ];
    expect(decideOne(given({ bookings }), hold([0, 1, 2, 3])).outcome.kind).toBe('done');
  });

  test('is checked for the number alone before taken and missing seats', () => {
    const { outcome } = decideOne(given({ bookings: [aHold()] }), hold([0, 1, 2, 3, 10]));
    expect(outcome).toEqual(overLimit.outcome);
  });

  test("is checked with the buyer's other seats after taken seats", () => {
    const bookings = [aHold(), bobHas(4, 5, 6)];
    expect(decideOne(given({ bookings }), hold([1, 2]))).toEqual(unavailable(1));
    expect(decideOne(given({ bookings }), hold([2, 3]))).toEqual(overLimit);
  });

  test('leaves an overdue booking of the seats as it is if it refuses', () => {
    const bookings = [anOverdueHold(), bobHas(4, 5, 6)];
    expect(decideOne(given({ bookings }), hold([0, 1]))).toEqual(overLimit);
  });
});

describe('an overdue booking', () => {
  test('keeps its seats until the millisecond before its deadline', () => {
    const last = given({ bookings: [anOverdueHold()], clockMs: NOW - 1 });
    expect(decideOne(last, hold([0]))).toEqual(unavailable(0));
    expect(decideOne(given({ bookings: [anOverdueHold()] }), hold([0])).outcome.kind).toBe('done');
  });

  test('expires completely when one of its seats is taken', () => {
    const booking = anOverdueHold();
    const { changes } = decideOne(given({ bookings: [booking] }), hold([1, 2]));
    const after = { ...booking, status: 'EXPIRED', endedAtMs: NOW };
    expect(changes.changedBookings).toEqual([{ before: booking, after }]);
    expect(stepsOf(changes)).toEqual([
      '0 HELD>AVAILABLE h',
      '1 HELD>AVAILABLE h',
      '1 AVAILABLE>HELD new',
      '2 AVAILABLE>HELD new',
    ]);
    expect(netOf(changes)).toEqual([
      '0 HELD(h)>AVAILABLE(null)',
      '1 HELD(h)>HELD(new)',
      '2 AVAILABLE(null)>HELD(new)',
    ]);
  });

  test('of the same buyer expires as well', () => {
    const { outcome } = decideOne(given({ bookings: [anOverdueHold()] }), hold([0], { buyerId: 'ada' }));
    expect(outcome.kind).toBe('done');
  });

  test('with an unlocked seat stays, and so does another that could have expired', () => {
    const bookings = [anOverdueHold(), anOverdueHold({ id: 'i', seats: [2, 3] })];
    expect(decideOne(given({ bookings, unlocked: [3] }), hold([0, 2]))).toEqual(retry('unlocked'));
  });

  test('causes no retry if another seat is taken anyway', () => {
    const bookings = [anOverdueHold(), aConfirmed({ id: 'c', seats: [4] })];
    expect(decideOne(given({ bookings, unlocked: [1] }), hold([0, 4]))).toEqual(unavailable(4));
  });
});

describe('a seat', () => {
  test('beyond the hall does not exist', () => {
    const missing = refusedAs({ code: 'NOT_FOUND', what: 'seat' });
    expect(decideOne(given(), hold([9, 10]))).toEqual(missing);
    expect(decideOne(given({ bookings: [aHold()] }), hold([0, 10]))).toEqual(missing);
  });

  test('that is not locked, named or chosen, leads to a retry', () => {
    expect(decideOne(given({ unlocked: [1] }), hold([0, 1]))).toEqual(retry('unlocked'));
    expect(decideOne(given({ unlocked: [1] }), holdBest([0, 1]))).toEqual(retry('unlocked'));
    expect(decideOne(given({ unlocked: [3] }), hold([0], { chosen: [3] }))).toEqual(retry('unlocked'));
  });
});

describe('seats chosen by the server', () => {
  test('are taken if none were named', () => {
    expect(stepsOf(decideOne(given(), holdBest([4, 5])).changes)).toEqual([
      '4 AVAILABLE>HELD new',
      '5 AVAILABLE>HELD new',
    ]);
  });

  test('are not used while the named ones are free', () => {
    expect(stepsOf(decideOne(given(), hold([0], { chosen: [4] })).changes)).toEqual(['0 AVAILABLE>HELD new']);
  });

  test('are all taken if one of the named ones is not free', () => {
    const { outcome, changes } = decideOne(given({ bookings: [aHold()] }), hold([1, 2], { chosen: [2, 3] }));
    expect(outcome).toMatchObject({ kind: 'done', booking: { seats: [2, 3], totalAmount: 110 } });
    expect(netOf(changes)).toEqual(['2 AVAILABLE(null)>HELD(new)', '3 AVAILABLE(null)>HELD(new)']);
  });

  test('are chosen again if one was taken meanwhile', () => {
    expect(decideOne(given({ bookings: [aHold()] }), holdBest([1, 2]))).toEqual(retry('conflict'));
    expect(decideOne(given({ blocked: [3] }), hold([3], { chosen: [3] }))).toEqual(retry('conflict'));
  });

  test('can be seats of overdue holds', () => {
    const { outcome } = decideOne(given({ bookings: [anOverdueHold()] }), holdBest([1, 2]));
    expect(outcome.kind).toBe('done');
  });

  test('count towards the limit like named ones', () => {
    const bookings = [aHold({ id: 'b', buyerId: 'bob', seats: [4, 5, 6] })];
    expect(decideOne(given({ bookings }), holdBest([0, 1]))).toEqual(overLimit);
    expect(decideOne(given(), holdBest([], { quantity: 5 }))).toEqual(overLimit);
  });

  test('lead to a refusal if there are none', () => {
    expect(decideOne(given(), holdBest([], { quantity: 2 }))).toEqual(unavailable());
    expect(decideOne(given({ bookings: [aHold()] }), hold([0, 2], { chosen: [] }))).toEqual(unavailable(0));
  });
});
