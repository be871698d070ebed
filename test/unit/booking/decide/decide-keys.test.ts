import { describe, expect, test } from 'vitest';
import { decide } from '../../../../src/booking/rules/decide.ts';
import type { UsedKey } from '../../../../src/booking/rules/model.ts';
import {
  aConfirmed,
  aHold,
  aKey,
  anOverdueHold,
  confirm,
  decideOne,
  given,
  hold,
  holdBest,
  nothing,
  release,
} from './situation.ts';

const key = aKey();
const confirmKey = aKey({ operation: 'confirmBooking' });
const used: UsedKey = { ...key, buyerId: 'ada', bookingId: 'h' };
const usedToConfirm: UsedKey = { ...confirmKey, buyerId: 'ada', bookingId: 'h' };
const conflict = {
  outcome: { kind: 'refused', refusal: { code: 'IDEMPOTENCY_CONFLICT' } },
  changes: nothing,
};

describe('a key that has succeeded', () => {
  test('returns the booking as it is now, and changes nothing', () => {
    for (const booking of [aHold(), aConfirmed(), anOverdueHold(), aHold({ status: 'RELEASED' })]) {
      const locked = given({ bookings: [booking], keys: [used] });
      const { outcome, changes } = decideOne(locked, hold([0, 1], { buyerId: 'ada', key }));
      expect(outcome).toEqual({ kind: 'done', booking });
      expect(changes).toEqual(nothing);
    }
  });

  test('is replayed before the event, the limit, the seats and the locks are checked', () => {
    const booking = aHold();
    const event = { status: 'ENDED', seatLimit: 1, seatsTotal: 1 } as const;
    const locked = given({ bookings: [booking], keys: [used], event, unlocked: [0, 1] });
    expect(decideOne(locked, hold([0, 1], { buyerId: 'ada', key })).outcome).toEqual({
      kind: 'done',
      booking,
    });
    const draft = given({ bookings: [booking], keys: [used], event: { status: 'DRAFT' } });
    expect(decideOne(draft, hold([0, 1], { buyerId: 'ada', key })).outcome.kind).toBe('done');
  });

  test('replays a confirmation whatever happened to the booking since', () => {
    const booking = aConfirmed({ status: 'CANCELED' });
    const locked = given({ bookings: [booking], keys: [usedToConfirm] });
    expect(decideOne(locked, confirm({ key: confirmKey })).outcome).toEqual({ kind: 'done', booking });
  });

  test('with other input is a conflict, before anything else is checked', () => {
    const event = { status: 'ENDED' } as const;
    const locked = given({ bookings: [aConfirmed()], keys: [used, usedToConfirm], event });
    const other = { inputHash: 'another' };
    expect(decideOne(locked, hold([5], { buyerId: 'ada', key: aKey(other) }))).toEqual(conflict);
    const command = confirm({ bookingId: 'none', key: { ...confirmKey, ...other } });
    expect(decideOne(locked, command)).toEqual(conflict);
  });

  test('belongs to a buyer, an operation and a key: if one of them differs, it is new', () => {
    const locked = given({ bookings: [aHold()], keys: [used] });
    const others = [
      hold([2], { buyerId: 'bob', key }),
      hold([2], { buyerId: 'ada', key: aKey({ keyHash: 'other' }) }),
      hold([2], { buyerId: 'ada', key: null }),
      holdBest([2], { buyerId: 'ada', key: aKey({ operation: 'holdBestAvailable' }) }),
    ];
    for (const command of others) {
      expect(decideOne(locked, command).outcome).toMatchObject({ kind: 'done', booking: { id: 'new' } });
    }
  });
});

describe('a key is recorded', () => {
  test('with a hold that succeeds', () => {
    const { changes } = decideOne(given(), hold([2], { key }));
    expect(changes.usedKeys).toEqual([{ ...key, buyerId: 'bob', bookingId: 'new' }]);
  });

  test('with a confirmation that succeeds, or finds the booking confirmed', () => {
    const { changes } = decideOne(given({ bookings: [aHold()] }), confirm({ key: confirmKey }));
    expect(changes.usedKeys).toEqual([usedToConfirm]);
    const second = decideOne(given({ bookings: [aConfirmed()] }), confirm({ key: confirmKey }));
    expect(second.changes).toEqual({ ...nothing, usedKeys: [usedToConfirm] });
  });

  test('not by a refusal, so that it can be used again', () => {
    const commands = [
      hold([0], { bookingId: 'a', key }),
      release(),
      hold([0], { bookingId: 'b', key: aKey({ inputHash: 'another' }) }),
    ];
    const { outcomes, changes } = decide(given({ bookings: [aHold()] }), commands);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['refused', 'done', 'done']);
    expect(changes.usedKeys).toMatchObject([{ keyHash: 'k', inputHash: 'another', bookingId: 'b' }]);
  });

  test('once if a batch has the same call twice: the second is a replay', () => {
    const commands = [hold([2], { key }), hold([2], { bookingId: 'other', key })];
    const { outcomes, changes } = decide(given(), commands);
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(changes.usedKeys).toHaveLength(1);
    expect(changes.createdBookings.map(({ id }) => id)).toEqual(['new']);
  });

  test('never if the caller sent none', () => {
    const { changes } = decide(given({ bookings: [aHold()] }), [hold([2]), confirm(), confirm()]);
    expect(changes.usedKeys).toEqual([]);
  });
});
