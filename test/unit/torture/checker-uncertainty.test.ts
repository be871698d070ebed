import { describe, expect, it } from 'vitest';
import { sessionTimeoutsMs } from '../../../src/platform/database/session-settings.ts';
import type { Outcome } from '../../torture/history.ts';
import {
  ALICE,
  bestOf,
  BOB,
  confirmOf,
  HistoryBuilder,
  HOLD_TTL_MS,
  holdOf,
  unavailable,
  unknown,
} from './history-builder.ts';
import { attemptAt, checkAfter } from './legal-history.ts';

/*
 * What a client can't know, the checker must accept, and nothing more. Each case that passes stands beside one that is
 * slightly different and must be flagged.
 */

const TRANSACTION_MS = sessionTimeoutsMs.transaction_timeout;

describe('an attempt with an unknown outcome', () => {
  it('may have had its effect', () => {
    expect(checkAfter((history) => (attemptAt(history, 1).outcome = unknown))).toEqual([]);
    expect(checkAfter((history) => (attemptAt(history, 4).outcome = unknown))).toEqual([]);
    expect(checkAfter((history) => (attemptAt(history, 5).outcome = unknown))).toEqual([]);
  });

  it('may have had none', () => {
    const broken = checkAfter((_, builder) =>
      builder
        .attempt(BOB, holdOf([4]), [1_600, 1_610], unknown)
        .attempt(BOB, confirmOf('d'), [1_620, 1_630], unknown)
        .attempt(ALICE, confirmOf('c'), [1_640, 1_650], unknown),
    );
    expect(broken).toEqual([]);
  });

  it('may have its effect after the client gave up, but not before its request', () => {
    const confirmed = (clockMs: number) =>
      new HistoryBuilder()
        .hold('a', ALICE, [0], [100, 120])
        .attempt(ALICE, confirmOf('a'), [200, 220], unknown)
        .recordStatus('a', 'CONFIRMED', clockMs)
        .check();
    expect(confirmed(600)).toEqual([]);
    expect(confirmed(150)).toEqual(['real time']);
  });

  it('explains a booking of its buyer and seats, made after its request', () => {
    const held = (buyerId: string, seats: readonly number[], invokedMs: number) =>
      new HistoryBuilder()
        .attempt(buyerId, holdOf(seats), [invokedMs, invokedMs + 20], unknown)
        .recordHold('a', ALICE, [0, 1], 110)
        .check();
    expect(held(ALICE, [0, 1], 100)).toEqual([]);
    expect(held(BOB, [0, 1], 100)).toEqual(['I6']);
    expect(held(ALICE, [0, 2], 100)).toEqual(['I6']);
    expect(held(ALICE, [0, 1], 150)).toEqual(['I6']);
  });

  it('explains one booking only', () => {
    const twice = (attempts: number) => {
      const builder = new HistoryBuilder();
      for (let i = 0; i < attempts; i++) builder.attempt(ALICE, bestOf(2), [100, 120], unknown);
      return builder.recordHold('a', ALICE, [0, 1], 110).recordHold('b', ALICE, [2, 3], 115).check();
    };
    expect(twice(2)).toEqual([]);
    expect(twice(1)).toEqual(['I6']);
  });

  it('is assigned so that as many bookings as possible are explained', () => {
    const explained = (seats: readonly number[]) =>
      new HistoryBuilder()
        .attempt(ALICE, bestOf(2), [100, 120], unknown)
        .attempt(ALICE, holdOf(seats), [100, 120], unknown)
        .recordHold('a', ALICE, [0, 1], 110)
        .recordHold('b', ALICE, [2, 3], 115)
        .check();
    // The first attempt fits both bookings. It must be left for the one that the second attempt does not fit.
    expect(explained([0, 1])).toEqual([]);
    expect(explained([2, 3])).toEqual([]);
    expect(explained([4, 5])).toEqual(['I6']);
  });

  it('excuses neither a second sale of a seat nor a confirmation after the deadline', () => {
    const sold = new HistoryBuilder()
      .hold('a', ALICE, [0], [100, 120])
      .attempt(BOB, holdOf([0]), [130, 150], unknown)
      .recordHold('b', BOB, [0], 140);
    expect(sold.check()).toEqual(expect.arrayContaining(['I1', 'I8']));
    const late = new HistoryBuilder()
      .hold('a', ALICE, [0], [100, 120])
      .attempt(ALICE, confirmOf('a'), [1_000, 1_300], unknown)
      .recordStatus('a', 'CONFIRMED', 1_200);
    expect(late.check()).toEqual(['deadline']);
  });

  it('does not explain a confirmation of another buyer’s booking', () => {
    const builder = new HistoryBuilder()
      .hold('a', ALICE, [0], [100, 120])
      .attempt(BOB, confirmOf('a'), [200, 220], unknown)
      .recordStatus('a', 'CONFIRMED', 210);
    expect(builder.check()).toEqual(['I5']);
  });
});

describe('a refusal', () => {
  /** Alice fills the hall, within a raised limit, and releases it at 300 ms. */
  const fullUntil300 = () => {
    const builder = new HistoryBuilder();
    builder.history.record.seatLimit = 6;
    return builder.hold('a', ALICE, [0, 1, 2, 3, 4, 5], [100, 120]).release('a', [290, 310]);
  };

  it('of best-available seats may rest on a map that is as old as a transaction may be, but not older', () => {
    const refusedAt = (ms: number) =>
      fullUntil300()
        .attempt(BOB, bestOf(2), [ms, ms + 20], unavailable())
        .check();
    expect(refusedAt(200)).toEqual([]);
    expect(refusedAt(250 + TRANSACTION_MS)).toEqual([]);
    expect(refusedAt(350 + TRANSACTION_MS)).toEqual(['refusal']);
  });

  it('of exact seats must hold at some moment of the request', () => {
    const refusedAt = (fromMs: number, untilMs: number, ...seats: number[]) =>
      fullUntil300()
        .attempt(BOB, holdOf([0, 1]), [fromMs, untilMs], unavailable(...seats))
        .check();
    expect(refusedAt(280, 400, 0, 1)).toEqual([]);
    expect(refusedAt(320, 400, 0, 1)).toEqual(['refusal']);
    expect(refusedAt(200, 280, 0)).toEqual(['refusal']);
  });

  it('of an overdue hold’s seats must be from before its deadline, whether or not it was swept', () => {
    const refusedAt = (ms: number) =>
      new HistoryBuilder()
        .hold('a', ALICE, [0], [100, 120])
        .attempt(BOB, holdOf([0]), [ms, ms + 20], unavailable(0))
        .check();
    expect(refusedAt(100 + HOLD_TTL_MS)).toEqual([]);
    expect(refusedAt(150 + HOLD_TTL_MS)).toEqual(['refusal']);
  });

  it('at the seat limit may count a release until it is answered or its transaction must have ended', () => {
    const exceeded: Outcome = { kind: 'refused', code: 'SEAT_LIMIT_EXCEEDED', limit: 4 };
    const refusedAt = (ms: number, release: Outcome | null) => {
      const builder = new HistoryBuilder()
        .hold('a', ALICE, [0, 1, 2, 3], [100, 120])
        .release('a', [290, 310]);
      if (release !== null) attemptAt(builder.history, 2).outcome = release;
      return builder.attempt(ALICE, holdOf([4]), [ms, ms + 20], exceeded).check();
    };
    expect(refusedAt(300, null)).toEqual([]);
    expect(refusedAt(400, null)).toEqual(['refusal']);
    expect(refusedAt(400, unknown)).toEqual([]);
    // By then the hold itself would have expired.
    expect(refusedAt(150 + HOLD_TTL_MS, unknown)).toEqual(['refusal']);
  });
});

describe('a response that shows a hold as expired', () => {
  it('may be early by the difference of the clocks only', () => {
    const shownAt = (ms: number) => {
      const builder = new HistoryBuilder().hold('a', ALICE, [0], [100, 120], 'k');
      builder.booking('a').holdExpiresAtMs = 3_100;
      attemptAt(builder.history, 1).outcome = builder.succeeded('a');
      const expired = { ...builder.succeeded('a'), status: 'EXPIRED' } as Outcome;
      return builder.attempt(ALICE, holdOf([0], 'k'), [ms, ms + 20], expired).check();
    };
    expect(shownAt(3_100)).toEqual([]);
    expect(shownAt(2_200)).toEqual([]);
    expect(shownAt(1_500)).toEqual(['answer']);
  });
});

describe('a hold that was refused as expired', () => {
  const releasedAt = (ms: number, creditMs: number) => {
    const builder = new HistoryBuilder().hold('a', ALICE, [0], [100, 120]);
    const { holdExpiresAtMs } = Object.assign(builder.booking('a'), { creditMs });
    const refused = { kind: 'refused', code: 'HOLD_EXPIRED', expiredAtMs: holdExpiresAtMs } as const;
    return builder
      .attempt(ALICE, confirmOf('a'), [holdExpiresAtMs + 400, holdExpiresAtMs + 410], refused)
      .release('a', [holdExpiresAtMs + ms, holdExpiresAtMs + ms])
      .check();
  };

  it('may be released afterwards, if an outage was recorded that had moved its deadline', () => {
    expect(releasedAt(500, 1_000)).toEqual([]);
    expect(releasedAt(500, 0)).toContain('refusal');
  });

  it('was not released before', () => {
    expect(releasedAt(-500, 1_000)).toContain('refusal');
  });

  it('shows no time in the future, although an outage has moved its deadline', () => {
    const shownAt = (ms: number, expiredAfterMs: number) => {
      const builder = new HistoryBuilder().hold('a', ALICE, [0], [100, 120]);
      const { holdExpiresAtMs } = Object.assign(builder.booking('a'), { creditMs: 1_000 });
      const [fromMs, untilMs] = [holdExpiresAtMs + 100, holdExpiresAtMs + 110];
      const refused = { kind: 'refused', code: 'HOLD_EXPIRED', expiredAtMs: holdExpiresAtMs + ms } as const;
      return builder
        .recordStatus('a', 'EXPIRED', holdExpiresAtMs + expiredAfterMs)
        .attempt(ALICE, confirmOf('a'), [fromMs, untilMs], refused)
        .check();
    };
    expect(shownAt(50, 50)).not.toContain('refusal');
    expect(shownAt(900, 50)).toContain('refusal');
  });
});

describe('a deadline that a response showed', () => {
  /** The deadline of Alice's hold moves by up to a second, which her second request shows. */
  const showing = (creditMs: number) => {
    const builder = new HistoryBuilder().hold('a', ALICE, [0], [100, 120], 'k');
    const { holdExpiresAtMs } = Object.assign(builder.booking('a'), { creditMs: 1_000 });
    const shown = { ...builder.succeeded('a'), holdExpiresAtMs: holdExpiresAtMs + creditMs } as Outcome;
    builder.attempt(ALICE, holdOf([0], 'k'), [200, 220], shown);
    return { builder, holdExpiresAtMs };
  };

  it('is kept by all who decide afterwards', () => {
    const expiredAt = (creditMs: number, ms: number) => {
      const { builder, holdExpiresAtMs } = showing(creditMs);
      return builder.recordStatus('a', 'EXPIRED', holdExpiresAtMs + ms).check();
    };
    expect(expiredAt(500, 500)).toEqual([]);
    expect(expiredAt(500, 499)).toEqual(['promise']);
    expect(expiredAt(0, 0)).toEqual([]);
  });

  it('is kept by refusals', () => {
    const refusedAt = (creditMs: number) => {
      const { builder, holdExpiresAtMs } = showing(creditMs);
      const refused = { kind: 'refused', code: 'HOLD_EXPIRED', expiredAtMs: holdExpiresAtMs } as const;
      const during = [holdExpiresAtMs + 100, holdExpiresAtMs + 110] as const;
      return builder.attempt(ALICE, confirmOf('a'), during, refused).check();
    };
    expect(refusedAt(100)).toEqual([]);
    expect(refusedAt(500)).toEqual(['promise']);
  });
});
