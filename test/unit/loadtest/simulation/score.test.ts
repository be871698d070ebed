import { expect, test } from 'vitest';
import { formatRate, formatReport, judge } from '../../../../loadtest/simulation/report.ts';
import { score, toRate } from '../../../../loadtest/simulation/score.ts';
import { simulate } from '../../../../loadtest/simulation/simulate.ts';

const small = { half: 'held-out', sales: 6, buyers: 1_000, seed: 5, unrest: 1, takeoverDelay: true } as const;

test('a rate has the interval of Wilson', () => {
  expect(formatRate(toRate(10, 10_000))).toBe('10 of 10,000, 0.100 % (0.054 %–0.184 %)');
  expect(toRate(0, 100)).toMatchObject({ rate: 0, from: 0 });
  expect(toRate(0, 100).to).toBeCloseTo(0.037, 3);
});

test('a goal that is missed fails the report', () => {
  const empty = score([]);
  const { 'hold-cycler': cycler } = empty.bots;
  const bots = { ...empty.bots, 'hold-cycler': { ...cycler, seatTime: 0.051 } };
  const buyers = { ...empty.buyers, any: toRate(2, 1_000) };
  const withRules = { ...empty, bots, buyers };
  expect(judge(withRules).map(({ ok }) => ok)).toEqual([false, false]);
  expect(judge(empty).map(({ ok }) => ok)).toEqual([true, true]);
  const text = formatReport({
    command: 'npm run simulate-bots',
    half: 'held-out',
    seed: 1,
    withRules,
    withoutRules: empty,
    checks: judge(withRules),
  });
  expect(text).toContain('**Failed.** 2 of 2 goals are missed.');
});

test('the rules take seats from hold-cyclers, and the same seed gives the same figures', () => {
  const { withRules, withoutRules } = simulate(small);
  expect(withRules.buyers.any.of).toBeGreaterThan(3_000);
  const cyclers = (of: typeof withRules) => of.bots['hold-cycler'];
  expect(cyclers(withoutRules).found.count).toBe(0);
  expect(cyclers(withRules).found.count).toBeGreaterThan(0);
  expect(cyclers(withRules).seatTime).toBeLessThan(cyclers(withoutRules).seatTime / 2);
  expect(withRules.buyers.any.rate).toBeLessThan(0.003);
  expect(simulate(small)).toEqual({ withRules, withoutRules });
});
