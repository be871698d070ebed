import { describe, expect, it } from 'vitest';
import {
  CALM_MS,
  decideAdmissions,
  decideAutomatic,
  estimateChance,
  estimateWaitSeconds,
  initialControl,
  judgePressure,
  type AdmissionInput,
  type Control,
} from '../../../src/waiting-room/rules/admission-control.ts';

const START = 1_700_000_000_000;

const base: AdmissionInput = {
  nowMs: START + 1_000,
  lastTickMs: START,
  paused: false,
  pacePerMinute: 600,
  insideMax: 1_000,
  inside: 0,
  late: 0,
  nowServing: 0,
  lastNumber: 10_000,
  seats: { available: 5_000, held: 0, perBuyer: 2 },
  control: initialControl,
};

const admit = (over: Partial<AdmissionInput>) => decideAdmissions({ ...base, ...over }).admit;
const control = (over: Partial<Control>): Control => ({ ...initialControl, ...over });

describe('the pace', () => {
  it('admits ten people a second at 600 a minute', () => {
    expect(admit({})).toBe(10);
    expect(admit({ nowMs: START + 100 })).toBe(1);
    expect(admit({ nowMs: START + 99 })).toBe(0);
  });

  it('is kept over any ticks, to the person', () => {
    let admitted = 0;
    let input = { ...base, pacePerMinute: 7, lastTickMs: START };
    for (let tick = 1; tick <= 600; tick++) {
      const decided = decideAdmissions({ ...input, nowMs: START + tick * 1_000 });
      admitted += decided.admit;
      input = { ...input, control: decided.control, lastTickMs: START + tick * 1_000 };
    }
    expect(admitted).toBe(70);
  });

  it('is not made up for after a worker was away, nor after nobody could be admitted', () => {
    expect(admit({ nowMs: START + 3_600_000 })).toBe(20);
    const { control: full } = decideAdmissions({ ...base, inside: 1_000 });
    expect(full.carry).toBeLessThan(1);
  });

  it('does not run backwards with a clock', () => {
    expect(decideAdmissions({ ...base, nowMs: START - 5_000 })).toMatchObject({
      admit: 0,
      control: { carry: 0 },
    });
  });

  it('halves under strain, and stops when the hold path is overloaded', () => {
    expect(admit({ control: control({ pressure: 'STRAINED' }) })).toBe(5);
    expect(admit({ control: control({ pressure: 'OVERLOADED' }) })).toBe(0);
  });

  it('is measured, for estimates', () => {
    const { control: after } = decideAdmissions(base);
    expect(after.measuredPace).toBe(600);
    const slower = decideAdmissions({ ...base, control: after, insideMax: 0 }).control.measuredPace;
    expect(slower).toBeCloseTo(540);
  });
});

describe('a room admits', () => {
  it('nobody while it is paused', () => expect(admit({ paused: true })).toBe(0));
  it('no more than wait', () => expect(admit({ lastNumber: 3 })).toBe(3));
  it('no more than there are slots', () => expect(admit({ inside: 996 })).toBe(4));
  it('nobody if more are inside than allowed', () => expect(admit({ inside: 2_000 })).toBe(0));
  it('late buyers first', () => expect(admit({ inside: 990, late: 7 })).toBe(3));
  it('no more than can get seats', () => {
    expect(admit({ seats: { available: 5, held: 90, perBuyer: 2 } })).toBe(3);
    expect(admit({ seats: { available: 0, held: 90, perBuyer: 2 } })).toBe(0);
  });
});

describe('the pressure', () => {
  const calm = { queue: 0, p95Ms: 10, busyPerSecond: 0 };
  const judge = (from: Partial<Control>, health: object, nowMs = START) =>
    judgePressure(control(from), { ...calm, ...health }, nowMs);

  it.each([
    [{ queue: 501 }, 'STRAINED'],
    [{ p95Ms: 301 }, 'STRAINED'],
    [{ queue: 2_001 }, 'OVERLOADED'],
    [{ p95Ms: 1_001 }, 'OVERLOADED'],
    [{ busyPerSecond: 1 }, 'OVERLOADED'],
    [{ queue: 500, p95Ms: 300 }, 'CALM'],
  ])('rises at once: %j is %s', (health, pressure) => {
    expect(judge({}, health).pressure).toBe(pressure);
  });

  it('falls one level at a time, after a quiet time', () => {
    const waiting = judge({ pressure: 'OVERLOADED' }, {});
    expect(waiting).toMatchObject({ pressure: 'OVERLOADED', calmSinceMs: START });
    expect(judge(waiting, {}, START + CALM_MS - 1).pressure).toBe('OVERLOADED');
    const lower = judge(waiting, {}, START + CALM_MS);
    expect(lower).toMatchObject({ pressure: 'STRAINED', calmSinceMs: null });
    expect(judge(judge(lower, {}, START), {}, START + CALM_MS).pressure).toBe('CALM');
  });

  it('does not fall while the hold path is above half of the threshold', () => {
    const waiting = judge({ pressure: 'STRAINED', calmSinceMs: START }, { queue: 251 }, START + CALM_MS);
    expect(waiting).toMatchObject({ pressure: 'STRAINED', calmSinceMs: null });
  });
});

describe('an automatic room', () => {
  it('turns on under pressure, and off when it is gone and nobody waits', () => {
    expect(decideAutomatic(false, control({}), 0)).toBe(false);
    expect(decideAutomatic(false, control({ pressure: 'STRAINED' }), 0)).toBe(true);
    expect(decideAutomatic(true, control({}), 5)).toBe(true);
    expect(decideAutomatic(true, control({}), 0)).toBe(false);
    expect(decideAutomatic(false, control({}), 5)).toBe(false);
  });
});

describe('a buyer is told', () => {
  const seats = { available: 60, held: 40, perBuyer: 2 };
  it('the chance', () => {
    expect(estimateChance(50, seats)).toBe('GOOD');
    expect(estimateChance(51, seats)).toBe('LOW');
    expect(estimateChance(1_000, { ...seats, available: 0 })).toBe('LOW');
    expect(estimateChance(0, { ...seats, available: 0, held: 0 })).toBe('NONE');
  });

  it('the wait at the measured pace, or at the set one before anyone was admitted', () => {
    expect(estimateWaitSeconds(0, true, 60, initialControl)).toBe(0);
    expect(estimateWaitSeconds(60, false, 60, initialControl)).toBe(60);
    expect(estimateWaitSeconds(60, false, 60, control({ measuredPace: 120 }))).toBe(30);
    expect(estimateWaitSeconds(60, true, 60, initialControl)).toBeNull();
  });
});
