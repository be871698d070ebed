import { describe, expect, test } from 'vitest';
import type { Command } from '../../../../src/booking/rules/commands.ts';
import { decide } from '../../../../src/booking/rules/decide.ts';
import type { BookingRecord, Changes } from '../../../../src/booking/rules/model.ts';
import {
  aHold,
  anOverdueHold,
  block,
  confirm,
  decideOne,
  expire,
  given,
  hold,
  holdBest,
  netOf,
  nothing,
  NOW,
  release,
} from './situation.ts';

const event = { takeoverDelay: true };
const extend: Command = { kind: 'extend', bookingId: 'h', buyerId: 'ada' };
const change: Command = { kind: 'change', bookingId: 'h', buyerId: 'ada', seats: [0, 2] };
const cancel: Command = { kind: 'cancel', bookingId: 'h', callerId: 'ada' };

/** Ada's hold whose deadline is now, and whose seats can be taken in 300 ms. */
const delayed = anOverdueHold({ takeoverDelayMs: 300 });
const at = (clockMs: number, more: readonly BookingRecord[] = []) =>
  given({ event, bookings: [delayed, ...more], clockMs, takeoverDelaysMs: [7, 8] });
const refusal = (code: string) => ({ outcome: { kind: 'refused', refusal: { code } }, changes: nothing });

describe('between the deadline and the end of the takeover delay', () => {
  test.each([
    ['confirm', confirm()],
    ['release', release()],
    ['extend', extend],
    ['change', change],
  ])('the owner cannot %s the hold any more', (_, command) => {
    for (const clockMs of [NOW, NOW + 299])
      expect(decideOne(at(clockMs), command)).toMatchObject({
        outcome: { kind: 'refused', refusal: { code: 'HOLD_EXPIRED', expiredAtMs: NOW } },
        changes: nothing,
      });
  });

  test('the hold reads as expired where its status is the reason of a refusal', () => {
    expect(decideOne(at(NOW), cancel).outcome).toMatchObject({ refusal: { status: 'EXPIRED' } });
  });

  test.each([
    ['another buyer', hold([1])],
    ['the owner', hold([1], { buyerId: 'ada' })],
    ['the organizer', block([1])],
  ])('%s cannot take the seats', (_, command) => {
    expect(decideOne(at(NOW + 299), command)).toMatchObject(refusal('SEATS_UNAVAILABLE'));
    const taken = decideOne(at(NOW + 300), command);
    expect(taken.outcome.kind).toBe('done');
    expect(statusOf(taken.changes, 'h')).toBe('EXPIRED');
  });

  test('a change of another hold cannot take the seats', () => {
    const other = aHold({ id: 'x', buyerId: 'bob', seats: [4] });
    const toSeat1: Command = { kind: 'change', bookingId: 'x', buyerId: 'bob', seats: [1] };
    expect(decideOne(at(NOW + 299, [other]), toSeat1)).toMatchObject(refusal('SEATS_UNAVAILABLE'));
    expect(decideOne(at(NOW + 300, [other]), toSeat1).outcome.kind).toBe('done');
  });

  test('the choice of the server is made again without the seats', () => {
    expect(decideOne(at(NOW + 299), holdBest([0])).outcome).toEqual({ kind: 'retry', why: 'conflict' });
    expect(decideOne(at(NOW + 300), holdBest([0])).outcome.kind).toBe('done');
  });

  test('the sweeper leaves the hold alone', () => {
    expect(decideOne(at(NOW + 299), expire)).toEqual({
      outcome: { kind: 'done', booking: delayed },
      changes: nothing,
    });
    expect(netOf(decideOne(at(NOW + 300), expire).changes)).toHaveLength(2);
  });

  test('the hold does not count against the seat limit of its owner, who would learn from it when the delay ends', () => {
    const four = hold([4, 5, 6, 7], { buyerId: 'ada' });
    expect(decideOne(at(NOW), four).outcome.kind).toBe('done');
  });

  test('a free seat beside the hold is not freed by a hold that the event refuses as an orphan', () => {
    // Seats 0 and 1 are not free yet: a hold of 3 isolates seat 2.
    const forbids = { ...event, orphanRule: 'FORBID' } as const;
    const neighbors = new Map(
      Array.from({ length: 10 }, (_, i) => [i, { left: i > 0 ? i - 1 : null, right: i < 9 ? i + 1 : null }]),
    );
    const locked = (clockMs: number) => ({
      ...at(clockMs),
      event: { ...at(clockMs).event, ...forbids },
      neighbors,
    });
    expect(decideOne(locked(NOW + 299), hold([3])).outcome).toMatchObject({
      refusal: { code: 'ORPHAN_SEATS', orphans: [2] },
    });
    expect(decideOne(locked(NOW + 300), hold([3])).outcome.kind).toBe('done');
  });
});

describe('the takeover delay', () => {
  test('is the one drawn for the command, whatever else is in the batch', () => {
    const { changes } = decide(at(NOW), [hold([4]), hold([5], { bookingId: 'second' })]);
    expect(changes.createdBookings.map(({ takeoverDelayMs }) => takeoverDelayMs)).toEqual([7, 8]);
  });

  test('is drawn again by an extension', () => {
    const open = aHold({ takeoverDelayMs: 300 });
    const { changes } = decideOne(given({ event, bookings: [open], takeoverDelaysMs: [7] }), extend);
    expect(changes.changedBookings.map(({ after }) => after.takeoverDelayMs)).toEqual([7]);
  });

  test('stays when the seats change', () => {
    const open = aHold({ takeoverDelayMs: 300 });
    const { changes } = decideOne(given({ event, bookings: [open], takeoverDelaysMs: [7] }), change);
    expect(changes.changedBookings.map(({ after }) => after.takeoverDelayMs)).toEqual([300]);
  });

  test('is 0 at an event without one, and ends with the setting when a hold is extended', () => {
    const open = aHold({ takeoverDelayMs: 300 });
    const { changes } = decide(given({ bookings: [open], takeoverDelaysMs: [7, 8] }), [hold([4]), extend]);
    const written = [...changes.createdBookings, ...changes.changedBookings.map(({ after }) => after)];
    expect(written.map(({ takeoverDelayMs }) => takeoverDelayMs)).toEqual([0, 0]);
  });

  test('must have been drawn', () => {
    expect(() => decideOne(given({ event }), hold([4]))).toThrow('missing');
  });
});

function statusOf({ changedBookings }: Changes, id: string): string | undefined {
  return changedBookings.find(({ after }) => after.id === id)?.after.status;
}
