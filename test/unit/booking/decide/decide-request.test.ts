import { describe, expect, test } from 'vitest';
import { decide } from '../../../../src/booking/rules/decide.ts';
import type { HoldCommand } from '../../../../src/booking/rules/commands.ts';
import { aConfirmed, aHold, aKey, decideOne, given, hold, holdBest, nothing, NOW } from './situation.ts';

const key = aKey();

/** A queued hold of the seats. */
function queued(named: readonly number[], changed: Partial<HoldCommand> = {}): HoldCommand {
  return hold(named, {
    key,
    request: { requestId: 'r', expiresAtMs: NOW + 1, mayChoose: false },
    ...changed,
  });
}

const settled = (outcome: object) => [{ requestId: 'r', buyerId: 'bob', inputHash: 'i', outcome }];

describe('a queued hold', () => {
  test('stores the booking that came of it', () => {
    const { outcome, changes } = decideOne(given(), queued([2]));
    expect(outcome).toMatchObject({ kind: 'done', booking: { id: 'new' } });
    expect(changes.settledRequests).toEqual(settled({ status: 'DONE', bookingId: 'new' }));
  });

  test('stores its refusal, and nothing else', () => {
    const { outcome, changes } = decideOne(given({ bookings: [aHold()] }), queued([1]));
    const refusal = { code: 'SEATS_UNAVAILABLE', seats: [1] };
    expect(outcome).toEqual({ kind: 'refused', refusal });
    expect(changes).toEqual({ ...nothing, settledRequests: settled({ status: 'REFUSED', refusal }) });
  });

  test('expires at its deadline, to the millisecond', () => {
    const request = { requestId: 'r', expiresAtMs: NOW, mayChoose: false };
    const { outcome, changes } = decideOne(given(), queued([2], { request }));
    expect(outcome).toEqual({ kind: 'refused', refusal: { code: 'REQUEST_EXPIRED' } });
    expect(changes).toEqual({ ...nothing, settledRequests: settled({ status: 'EXPIRED' }) });
  });

  test('does nothing if it is settled, even if its seats are free', () => {
    const requests = [
      { requestId: 'r', buyerId: 'bob', inputHash: 'i', outcome: { status: 'EXPIRED' } as const },
    ];
    const { outcome, changes } = decideOne(given({ requests }), queued([2]));
    expect(outcome).toEqual({ kind: 'done', booking: null });
    expect(changes).toEqual(nothing);
  });

  test('is settled once, if a batch has it twice', () => {
    const { outcomes, changes } = decide(given({ bookings: [aHold()] }), [queued([1]), queued([1])]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['refused', 'done']);
    expect(changes.settledRequests).toHaveLength(1);
  });

  test('is not settled while it is retried', () => {
    const bookings = [aConfirmed({ seats: [1] })];
    const { outcome, changes } = decideOne(
      given({ bookings }),
      holdBest([1], { key, request: { requestId: 'r', expiresAtMs: NOW + 1, mayChoose: true } }),
    );
    expect(outcome).toEqual({ kind: 'retry', why: 'conflict' });
    expect(changes).toEqual(nothing);
  });

  test('is not settled before the server has looked for an alternative', () => {
    const request = { requestId: 'r', expiresAtMs: NOW + 1, mayChoose: true };
    const locked = given({ bookings: [aHold()] });
    expect(decideOne(locked, queued([1], { request })).changes.settledRequests).toEqual([]);
    const without = decideOne(locked, queued([1], { request, chosen: [] }));
    expect(without.changes.settledRequests).toHaveLength(1);
  });

  test('returns the booking of a direct hold with the same key', () => {
    const bookings = [aHold({ buyerId: 'bob' })];
    const keys = [{ ...key, buyerId: 'bob', bookingId: 'h' }];
    const { changes } = decideOne(given({ bookings, keys }), queued([0, 1]));
    expect(changes).toEqual({ ...nothing, settledRequests: settled({ status: 'DONE', bookingId: 'h' }) });
  });
});

describe('an event that takes holds only from its queue', () => {
  const event = { bookingMode: 'QUEUED' } as const;

  test('refuses direct holds', () => {
    const { outcome, changes } = decideOne(given({ event }), hold([2]));
    expect(outcome).toEqual({ kind: 'refused', refusal: { code: 'QUEUED_ONLY' } });
    expect(changes).toEqual(nothing);
  });

  test('takes queued ones', () => {
    expect(decideOne(given({ event }), queued([2])).outcome.kind).toBe('done');
  });

  test('still returns the booking of an earlier direct hold to a retry', () => {
    const bookings = [aHold({ buyerId: 'bob' })];
    const keys = [{ ...key, buyerId: 'bob', bookingId: 'h' }];
    expect(decideOne(given({ event, bookings, keys }), hold([0, 1], { key })).outcome.kind).toBe('done');
  });
});
