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

const again = (why: 'conflict' | 'unlocked') => ({ outcome: { kind: 'again', why }, changes: nothing });
const refusedAs = (refusal: Refusal) => ({ outcome: { kind: 'refused', refusal }, changes: nothing });
const overLimit = refusedAs({ code: 'SEAT_LIMIT_EXCEEDED', limit: 4 });
const unavailable = (...seats: number[]) => refusedAs({ code: 'SEATS_UNAVAILABLE', seats });

test('a hold takes all of its seats, at their price, for the time that the event gives', () => {
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

test('one seat that is taken refuses all, and only what is taken is named, in the order asked for', () => {
  const bookings = [aHold(), aConfirmed({ id: 'c', seats: [5] })];
  expect(decideOne(given({ bookings, blocked: [7] }), hold([7, 2, 5, 1]))).toEqual(unavailable(7, 5, 1));
});

test("a seat of the buyer's own hold is taken like anyone else's", () => {
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

  test('open at the very millisecond, and not one before', () => {
    expect(decideOne(given({ event: { onSaleAtMs: NOW } }), hold([0])).outcome.kind).toBe('done');
    const early = given({ event: { onSaleAtMs: NOW + 1 } });
    expect(decideOne(early, hold([0]))).toEqual(closed('ON_SALE', { onSaleAtMs: NOW + 1 }));
  });

  test('close at the very millisecond, and not one before', () => {
    expect(decideOne(given({ event: { saleEndsAtMs: NOW + 1 } }), hold([0])).outcome.kind).toBe('done');
    const late = given({ event: { saleEndsAtMs: NOW } });
    expect(decideOne(late, hold([0]))).toEqual(closed('ON_SALE', { saleEndsAtMs: NOW }));
    expect(decideOne(late, holdBest([0]))).toEqual(closed('ON_SALE', { saleEndsAtMs: NOW }));
  });

  test('read as ended once the last hold would have run out', () => {
    // A hold of a second, extended by 0.4.
    const saleEndsAtMs = NOW - 1_400;
    const ended = given({ event: { saleEndsAtMs } });
    expect(decideOne(ended, hold([0]))).toEqual(closed('ENDED', { saleEndsAtMs }));
    const ending = given({ event: { saleEndsAtMs: saleEndsAtMs + 1 } });
    expect(decideOne(ending, hold([0]))).toEqual(closed('ON_SALE', { saleEndsAtMs: saleEndsAtMs + 1 }));
  });

  test('of a draft are not there for a buyer, and closed for its organizer', () => {
    const draft = given({ event: { status: 'DRAFT' } });
    expect(decideOne(draft, hold([0]))).toEqual(refusedAs({ code: 'NOT_FOUND', what: 'event' }));
    expect(decideOne(draft, hold([0], { buyerId: 'org' }))).toEqual(closed('DRAFT'));
  });

  test('closed come before more seats than anybody may have', () => {
    expect(decideOne(given({ event: { status: 'ENDED' } }), hold([0, 1, 2, 3, 4]))).toEqual(closed('ENDED'));
  });
});

describe('the limit', () => {
  const bobHas = (...seats: number[]) => aHold({ id: 'b', buyerId: 'bob', seats });

  test('may be reached and not passed', () => {
    expect(decideOne(given(), hold([0, 1, 2, 3])).outcome.kind).toBe('done');
    expect(decideOne(given(), hold([0, 1, 2, 3, 4]))).toEqual(overLimit);
  });

  test('counts what the buyer holds and owns', () => {
    const bookings = [bobHas(4), aConfirmed({ id: 'c', buyerId: 'bob', seats: [5, 6] })];
    expect(decideOne(given({ bookings }), hold([0])).outcome.kind).toBe('done');
    expect(decideOne(given({ bookings }), hold([0, 1]))).toEqual(overLimit);
  });

  test('counts neither what is overdue, nor what has ended, nor what others have', () => {
    const bookings = [
      anOverdueHold({ id: 'b', buyerId: 'bob', seats: [4] }),
      aHold({ id: 'c', buyerId: 'bob', seats: [5], status: 'RELEASED' }),
      aHold({ id: 'd', buyerId: 'bob', seats: [6], status: 'EXPIRED' }),
      aHold({ id: 'e', buyerId: 'bob', seats: [7], status: 'CANCELED' }),
      aHold({ id: 'f', seats: [8, 9] }),
    ];
    expect(decideOne(given({ bookings }), hold([0, 1, 2, 3])).outcome.kind).toBe('done');
  });

  test('that the number alone passes comes before seats that are taken or do not exist', () => {
    const { outcome } = decideOne(given({ bookings: [aHold()] }), hold([0, 1, 2, 3, 10]));
    expect(outcome).toEqual(overLimit.outcome);
  });

  test('that only what the buyer has makes passed comes after seats that are taken', () => {
    const bookings = [aHold(), bobHas(4, 5, 6)];
    expect(decideOne(given({ bookings }), hold([1, 2]))).toEqual(unavailable(1));
    expect(decideOne(given({ bookings }), hold([2, 3]))).toEqual(overLimit);
  });

  test('that refuses leaves an overdue booking in the way as it is', () => {
    const bookings = [anOverdueHold(), bobHas(4, 5, 6)];
    expect(decideOne(given({ bookings }), hold([0, 1]))).toEqual(overLimit);
  });
});

describe('an overdue booking', () => {
  test('is in the way until the millisecond before its deadline', () => {
    const last = given({ bookings: [anOverdueHold()], clockMs: NOW - 1 });
    expect(decideOne(last, hold([0]))).toEqual(unavailable(0));
    expect(decideOne(given({ bookings: [anOverdueHold()] }), hold([0])).outcome.kind).toBe('done');
  });

  test('ends as a whole when one of its seats is taken', () => {
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

  test("of the buyer's own makes way as well", () => {
    const { outcome } = decideOne(given({ bookings: [anOverdueHold()] }), hold([0], { buyerId: 'ada' }));
    expect(outcome.kind).toBe('done');
  });

  test('that has a seat which is not locked stays, and so does another that could have ended', () => {
    const bookings = [anOverdueHold(), anOverdueHold({ id: 'i', seats: [2, 3] })];
    expect(decideOne(given({ bookings, unlocked: [3] }), hold([0, 2]))).toEqual(again('unlocked'));
  });

  test('is no reason to come again for a seat that is taken anyway', () => {
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

  test('that is not locked, named or chosen, is for the next batch', () => {
    expect(decideOne(given({ unlocked: [1] }), hold([0, 1]))).toEqual(again('unlocked'));
    expect(decideOne(given({ unlocked: [1] }), holdBest([0, 1]))).toEqual(again('unlocked'));
    expect(decideOne(given({ unlocked: [3] }), hold([0], { chosen: [3] }))).toEqual(again('unlocked'));
  });
});

describe('seats chosen by the server', () => {
  test('are taken where none were named', () => {
    expect(stepsOf(decideOne(given(), holdBest([4, 5])).changes)).toEqual([
      '4 AVAILABLE>HELD new',
      '5 AVAILABLE>HELD new',
    ]);
  });

  test('are not touched while the named ones are free', () => {
    expect(stepsOf(decideOne(given(), hold([0], { chosen: [4] })).changes)).toEqual(['0 AVAILABLE>HELD new']);
  });

  test('are taken together where one of the named is not free', () => {
    const { outcome, changes } = decideOne(given({ bookings: [aHold()] }), hold([1, 2], { chosen: [2, 3] }));
    expect(outcome).toMatchObject({ kind: 'done', booking: { seats: [2, 3], totalAmount: 110 } });
    expect(netOf(changes)).toEqual(['2 AVAILABLE(null)>HELD(new)', '3 AVAILABLE(null)>HELD(new)']);
  });

  test('are chosen anew where one was taken meanwhile', () => {
    expect(decideOne(given({ bookings: [aHold()] }), holdBest([1, 2]))).toEqual(again('conflict'));
    expect(decideOne(given({ blocked: [3] }), hold([3], { chosen: [3] }))).toEqual(again('conflict'));
  });

  test('may be overdue ones', () => {
    const { outcome } = decideOne(given({ bookings: [anOverdueHold()] }), holdBest([1, 2]));
    expect(outcome.kind).toBe('done');
  });

  test('count against the limit like named ones', () => {
    const bookings = [aHold({ id: 'b', buyerId: 'bob', seats: [4, 5, 6] })];
    expect(decideOne(given({ bookings }), holdBest([0, 1]))).toEqual(overLimit);
    expect(decideOne(given(), holdBest([], { quantity: 5 }))).toEqual(overLimit);
  });

  test('that there are none of are a refusal', () => {
    expect(decideOne(given(), holdBest([], { quantity: 2 }))).toEqual(unavailable());
    expect(decideOne(given({ bookings: [aHold()] }), hold([0, 2], { chosen: [] }))).toEqual(unavailable(0));
  });
});
