import { describe, expect, it } from 'vitest';
import { VERSION_JUMP } from '../../../src/booking/batch/epoch.ts';
import { ALICE, BOB, HistoryBuilder } from './history-builder.ts';
import { buildLegalHistory, changeAt, checkAfter } from './legal-history.ts';

it('the checker finds nothing in a legal history', () => {
  expect(buildLegalHistory().check()).toEqual([]);
});

it('the checker accepts the empty record of a new epoch', () => {
  const broken = checkAfter(({ record }) => {
    record.seatVersion += VERSION_JUMP;
    record.changes.push({ version: record.seatVersion, clockMs: 1_600, steps: [], bookings: [] });
  });
  expect(broken).toEqual([]);
});

describe('the checker flags a change record', () => {
  it('whose version jumps with a change of seats', () => {
    const broken = checkAfter((history) => {
      history.record.seatVersion += VERSION_JUMP - 1;
      changeAt(history, history.record.changes.length).version = history.record.seatVersion;
    });
    expect(broken).toEqual(['I8']);
  });

  it('that sells a seat twice', () => {
    const broken = checkAfter((_, builder) => builder.hold('x', BOB, [0], [1_600, 1_610]));
    expect(broken).toEqual(expect.arrayContaining(['I1', 'I2', 'I8']));
  });

  it('that confirms two bookings of one seat', () => {
    const builder = new HistoryBuilder().hold('a', ALICE, [0], [100, 120]).hold('b', BOB, [0], [130, 150]);
    builder.confirm('a', [200, 220]).confirm('b', [210, 230]);
    expect(builder.check()).toEqual(expect.arrayContaining(['I1', 'I2', 'I8']));
  });

  it('that confirms an expired hold whose seat another buyer has taken', () => {
    const builder = new HistoryBuilder()
      .hold('a', ALICE, [0], [100, 120])
      .recordStatus('a', 'EXPIRED', 1_150)
      .hold('b', BOB, [0], [1_200, 1_220])
      .confirm('a', [1_300, 1_320]);
    expect(builder.check()).toEqual(expect.arrayContaining(['I1', 'I8', 'deadline']));
  });

  it('that gives seats to others before the takeover delay has ended', () => {
    const expiredAt = (clockMs: number) => {
      const builder = new HistoryBuilder().hold('a', ALICE, [0], [100, 120]);
      const booking = builder.booking('a');
      booking.takeoverAtMs = booking.holdExpiresAtMs + 200;
      return builder.recordStatus('a', 'EXPIRED', booking.holdExpiresAtMs + clockMs).check();
    };
    expect(expiredAt(200)).toEqual([]);
    expect(expiredAt(199)).toEqual(['deadline']);
    expect(expiredAt(-1)).toEqual(['deadline', 'promise']);
  });

  it('that confirms a hold after a deadline that an outage has moved', () => {
    const confirmedAt = (ms: number) => {
      const builder = new HistoryBuilder().hold('a', ALICE, [0], [100, 120]);
      const booking = builder.booking('a');
      booking.creditMs = 200;
      const fromMs = booking.holdExpiresAtMs + ms;
      return builder.confirm('a', [fromMs, fromMs]).check();
    };
    expect(confirmedAt(100)).toEqual([]);
    expect(confirmedAt(300)).toEqual(['deadline']);
  });

  it('with a claim whose status differs from its booking’s', () => {
    const broken = checkAfter(
      (_, builder) => (builder.booking('b').claims = [{ seat: 2, status: 'CONFIRMED' }]),
    );
    expect(broken).toEqual(['I1']);
  });

  it('with a missing version', () => {
    expect(checkAfter(({ record }) => record.changes.splice(4, 1))).toContain('I8');
  });

  it('that ends before the event’s version', () => {
    expect(checkAfter(({ record }) => record.seatVersion++)).toEqual(['I8']);
  });

  it('with an illegal step', () => {
    const broken = checkAfter((history) => {
      const change = changeAt(history, 2);
      change.steps = change.steps.map((step) => ({ ...step, from: 'AVAILABLE' as const }));
    });
    expect(broken).toContain('I8');
  });

  it('that changes a booking without one of its seats', () => {
    const broken = checkAfter((history) => {
      const change = changeAt(history, 2);
      change.steps = change.steps.slice(1);
    });
    expect(broken).toContain('I2');
  });

  it('that leads to another status of a seat', () => {
    const broken = checkAfter(({ record }) => {
      record.seats = record.seats.map((one) => (one.seat === 5 ? { ...one, status: 'BOOKED' } : one));
    });
    expect(broken).toEqual(['I2', 'I8', 'counters']);
  });

  it('that leads to other counters', () => {
    const broken = checkAfter(({ record }) => (record.counted = { held: 1, booked: 1, blocked: 0 }));
    expect(broken).toEqual(['counters']);
  });

  it('in which a buyer exceeds the seat limit', () => {
    expect(checkAfter((_, builder) => builder.hold('x', ALICE, [2, 4, 5], [1_600, 1_610]))).toEqual(['I14']);
  });

  it('that confirms a hold after its deadline', () => {
    expect(checkAfter((_, builder) => builder.confirm('d', [2_700, 2_720]))).toEqual(['deadline']);
  });

  it('that expires a hold before its deadline', () => {
    expect(checkAfter((history) => (changeAt(history, 6).clockMs = 1_200))).toContain('deadline');
  });
});
