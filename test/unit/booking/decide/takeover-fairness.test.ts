import { expect, test } from 'vitest';
import { TAKEOVER_DELAY_MS_MAX } from '../../../../src/booking/rules/model.ts';
import { anOverdueHold, decideOne, given, hold, NOW } from './situation.ts';

/*
 * A sniper knows the deadline to the millisecond; the other buyer comes at random. Both want the same seat and attempt
 * equally often. The seat's hold ends at NOW. Every attempt is decided by the rules.
 */

const ROUNDS = 3_000;
/** Of chi-squared with one degree of freedom at p = 0.001. */
const CRITICAL = 10.83;

interface Random {
  /** Returns an integer from 0 to `below - 1`. */
  below(below: number): number;
}

/** Returns the number of rounds that the sniper wins. `attempts` are times after the deadline. */
function play(
  seed: number,
  delays: boolean,
  attempts: (random: Random) => { readonly sniper: readonly number[]; readonly other: readonly number[] },
): { readonly sniper: number; readonly other: number } {
  const random = seeded(seed);
  const wins = { sniper: 0, other: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const takeoverDelayMs = delays ? 1 + random.below(TAKEOVER_DELAY_MS_MAX) : 0;
    const held = anOverdueHold({ seats: [0], totalAmount: 100, takeoverDelayMs });
    const { sniper, other } = attempts(random);
    const arrivals = [
      ...sniper.map((ms) => ({ who: 'sniper' as const, ms, tie: random.below(2 ** 31) })),
      ...other.map((ms) => ({ who: 'other' as const, ms, tie: random.below(2 ** 31) })),
    ].sort((a, b) => a.ms - b.ms || a.tie - b.tie);
    const winner = arrivals.find(({ who, ms }) => {
      const locked = given({
        event: { takeoverDelay: delays },
        clockMs: NOW + ms,
        bookings: [held],
        takeoverDelaysMs: [1],
      });
      return decideOne(locked, hold([0], { buyerId: who })).outcome.kind === 'done';
    });
    if (winner !== undefined) wins[winner.who]++;
  }
  return wins;
}

/** One attempt every 100 ms, beginning `fromMs` after the deadline, until each delay has ended. */
const poll = (fromMs: number) => Array.from({ length: 13 }, (_, n) => fromMs + 100 * n);

const pollers = (random: Random) => ({ sniper: poll(0), other: poll(random.below(100)) });

test('with the delay, an attempt in the millisecond of the deadline never wins', () => {
  const { sniper, other } = play(2, true, (random) => ({ sniper: [0, 0, 0], other: [random.below(1_300)] }));
  expect(sniper).toBe(0);
  expect(other).toBeGreaterThan(0.4 * ROUNDS);
});

test.each([0, 25, 50, 99])(
  'with the delay, polling from %i ms after the deadline wins no more often than polling at the same pace from a random moment',
  (phaseMs) => {
    const { sniper, other } = play(10 + phaseMs, true, (random) => ({
      sniper: poll(phaseMs),
      other: poll(random.below(100)),
    }));
    expect(sniper + other).toBe(ROUNDS);
    expect(chiSquared(sniper, other)).toBeLessThan(CRITICAL);
  },
);

test('without the delay, polling from the deadline wins nearly always', () => {
  expect(play(3, false, pollers).sniper).toBeGreaterThan(0.98 * ROUNDS);
});

/** Compares two numbers of wins with an even split. */
function chiSquared(sniper: number, other: number): number {
  return (sniper - other) ** 2 / (sniper + other);
}

/** Returns a small generator (mulberry32), so that every run plays the same rounds. */
function seeded(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { below: (below) => Math.floor(next() * below) };
}
