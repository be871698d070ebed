import { describe, expect, it } from 'vitest';
import type { Outcome, Request } from '../../torture/history.ts';
import { ALICE, at, BOB, bestOf, confirmOf, HistoryBuilder, holdOf, unavailable } from './history-builder.ts';
import { attemptAt, checkAfter } from './legal-history.ts';

const busy: Outcome = { kind: 'nothing', why: 'BUSY' };

describe('the checker flags a success', () => {
  it('whose confirmation is not in the record', () => {
    const lost: Outcome = { kind: 'success', bookingId: 'd', status: 'CONFIRMED', holdExpiresAtMs: 2_510 };
    expect(checkAfter((_, builder) => builder.attempt(BOB, confirmOf('d'), [1_600, 1_610], lost))).toEqual([
      'I4',
    ]);
  });

  it('that confirms an expired hold whose seat another buyer has taken', () => {
    const builder = new HistoryBuilder()
      .hold('a', ALICE, [0], [100, 120])
      .recordStatus('a', 'EXPIRED', 1_150)
      .hold('b', BOB, [0], [1_200, 1_220]);
    const { holdExpiresAtMs } = builder.booking('a');
    const confirmed: Outcome = { kind: 'success', bookingId: 'a', status: 'CONFIRMED', holdExpiresAtMs };
    expect(builder.attempt(ALICE, confirmOf('a'), [1_300, 1_320], confirmed).check()).toEqual(['I4']);
  });

  it('whose hold is not in the record', () => {
    const lost: Outcome = { kind: 'success', bookingId: 'x', status: 'HOLD', holdExpiresAtMs: 2_600 };
    expect(checkAfter((_, builder) => builder.attempt(BOB, holdOf([5]), [1_600, 1_610], lost))).toEqual([
      'I4',
    ]);
  });

  it('that gives two buyers the same booking', () => {
    const broken = checkAfter((_, builder) =>
      builder.attempt(ALICE, holdOf([3]), [1_600, 1_610], builder.succeeded('d')),
    );
    expect(broken).toEqual(['I6', 'real time']);
  });

  it('that gives a booking to another buyer', () => {
    expect(checkAfter((history) => (attemptAt(history, 4).buyerId = BOB))).toEqual(['I5', 'owner']);
  });

  it('that shows a status that the booking did not have', () => {
    const broken = checkAfter((_, builder) =>
      builder.attempt(ALICE, holdOf([0, 1], 'k'), [1_600, 1_610], {
        ...builder.succeeded('a'),
        status: 'EXPIRED',
      } as Outcome),
    );
    expect(broken).toEqual(['answer']);
  });

  it('that came before its effect', () => {
    expect(checkAfter((history) => (attemptAt(history, 4).answered = at(205)))).toEqual(['real time']);
  });

  it('whose effect came before its request', () => {
    expect(checkAfter((history) => (attemptAt(history, 5).invoked = at(239)))).toEqual(['real time']);
  });
});

describe('the checker flags an effect', () => {
  it('that no attempt requested', () => {
    expect(checkAfter(({ attempts }) => attempts.splice(3, 1))).toEqual(['I5']);
    expect(checkAfter(({ attempts }) => attempts.splice(4, 1))).toContain('I6');
  });

  it('of a request that had none according to its response', () => {
    expect(checkAfter((history) => (attemptAt(history, 4).outcome = busy))).toEqual(['I5']);
    expect(checkAfter((history) => (attemptAt(history, 5).outcome = busy))).toEqual(['I6']);
  });

  it('in an order that real time forbids', () => {
    // Both clocks agree, but the record has the later effect first.
    const broken = checkAfter(({ record }) => {
      const [, confirm, hold] = record.changes;
      if (confirm === undefined || hold === undefined) throw new Error('the history is too short');
      [confirm.version, hold.version] = [hold.version, confirm.version];
      record.changes.sort((a, b) => a.version - b.version);
    });
    expect(broken).toEqual(['real time']);
  });
});

describe('the checker flags an idempotency key', () => {
  it('with two bookings', () => {
    const broken = checkAfter((history, builder) => {
      builder.hold('x', ALICE, [4], [1_600, 1_610]);
      attemptAt(history, 10).request = holdOf([4], 'k');
    });
    expect(broken).toContain('I6');
  });

  it('with two bookings after the first response was lost', () => {
    const broken = checkAfter((history, builder) => {
      builder.hold('x', BOB, [4], [1_600, 1_610], 'once').hold('y', BOB, [5], [1_700, 1_710]);
      attemptAt(history, 10).outcome = { kind: 'unknown', why: 'timeout' };
      attemptAt(history, 11).request = holdOf([5], 'once');
    });
    expect(broken).toContain('I6');
  });

  it('whose retry was refused', () => {
    expect(checkAfter((history) => (attemptAt(history, 2).outcome = unavailable(0, 1)))).toEqual(['I6']);
  });

  it('with a conflict, although no other input used it', () => {
    const conflict: Outcome = { kind: 'refused', code: 'IDEMPOTENCY_CONFLICT' };
    const broken = checkAfter((_, builder) =>
      builder.attempt(BOB, holdOf([5], 'new'), [1_600, 1_610], conflict),
    );
    expect(broken).toEqual(['I6']);
  });
});

describe('the checker flags a refusal', () => {
  it.each<readonly [string, Request, Outcome]>([
    ['seats that were free', holdOf([4, 5]), unavailable(4)],
    ['no seats', holdOf([0]), unavailable()],
    ['too few seats', holdOf([0, 3]), unavailable(0)],
    ['seats that were not requested', holdOf([4]), unavailable(0)],
    ['a full hall', bestOf(2), unavailable()],
    [
      'blocks that were free',
      { kind: 'hold', mode: 'alternative', seats: [0, 3], quantity: 2, key: null },
      unavailable(0),
    ],
    ['a limit that was not reached', holdOf([4]), { kind: 'refused', code: 'SEAT_LIMIT_EXCEEDED', limit: 4 }],
    ['a sale that was open', holdOf([4]), { kind: 'refused', code: 'EVENT_NOT_ON_SALE' }],
    [
      'a deadline in the future',
      confirmOf('d'),
      { kind: 'refused', code: 'HOLD_EXPIRED', expiredAtMs: 2_510 },
    ],
    [
      'a status that the booking never had',
      confirmOf('d'),
      { kind: 'refused', code: 'BOOKING_STATE', status: 'RELEASED' },
    ],
    [
      'a booking that existed',
      { kind: 'release', bookingId: 'd', key: null },
      { kind: 'refused', code: 'NOT_FOUND' },
    ],
  ])('because of %s', (_, request, outcome) => {
    expect(checkAfter((_history, builder) => builder.attempt(BOB, request, [1_600, 1_610], outcome))).toEqual(
      ['refusal'],
    );
  });
});

it('the checker flags seats that were taken after their takeover, and accepts that they were between deadline and takeover', () => {
  const refusedAt = (ms: number) => {
    const builder = new HistoryBuilder().hold('a', ALICE, [0], [100, 120]);
    const booking = builder.booking('a');
    booking.takeoverAtMs = booking.holdExpiresAtMs + 1_200;
    const fromMs = booking.holdExpiresAtMs + ms;
    return builder.attempt(BOB, holdOf([0]), [fromMs, fromMs + 10], unavailable(0)).check();
  };
  expect(refusedAt(600)).toEqual([]);
  expect(refusedAt(1_800)).toEqual(['refusal']);
});

it('the checker flags a response that no client should get', () => {
  const wrong: Outcome = { kind: 'wrong', why: 'INTERNAL_SERVER_ERROR: Unexpected error.' };
  expect(checkAfter((_, builder) => builder.attempt(BOB, holdOf([5]), [1_600, 1_610], wrong))).toEqual([
    'answer',
  ]);
});
