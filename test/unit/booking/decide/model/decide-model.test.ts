import { expect, test } from 'vitest';
import { decide } from '../../../../../src/booking/rules/decide.ts';
import { checkRounds } from './counterexample.ts';
import { playSplit, playWithModel, type Trace } from './play.ts';

/*
 * A run compares more than a million commands with the model and the invariants. A play has about 37 commands; each test
 * counts its own.
 */
const RUNS = 12_000;
const COMMANDS = 350_000;

test('with every seat locked, each command has the same outcome as in the model', () => {
  const outcomes = checkRounds(RUNS, (rounds, trace) =>
    playWithModel(decide, rounds, () => 'everything', trace),
  );
  expect(total(outcomes)).toBeGreaterThan(COMMANDS);
  expect(outcomes.get('unlocked')).toBe(undefined);
  expectEveryOutcome(outcomes);
});

test('a batch locks and reads enough: no command is retried because a seat is not locked', () => {
  const outcomes = checkRounds(RUNS, (rounds, trace) => playWithModel(decide, rounds, () => 'batch', trace));
  expect(total(outcomes)).toBeGreaterThan(COMMANDS);
  expect(outcomes.get('unlocked')).toBe(undefined);
  expectEveryOutcome(outcomes);
});

test('with any seats locked, a command is retried for an unlocked seat, or has the same outcome as in the model', () => {
  const outcomes = checkRounds(RUNS, (rounds, trace) =>
    playWithModel(decide, rounds, ({ lockedSeats }) => lockedSeats, trace),
  );
  expect(total(outcomes)).toBeGreaterThan(COMMANDS);
  expect(outcomes.get('unlocked')).toBeGreaterThan(COMMANDS / 100);
  expectEveryOutcome(outcomes);
});

test('the split of simultaneous commands into batches makes no difference', () => {
  // Each command is decided twice.
  const outcomes = checkRounds(RUNS / 2, (rounds, trace) => playSplit(decide, rounds, trace));
  expect(total(outcomes)).toBeGreaterThan(COMMANDS);
  expectEveryOutcome(outcomes);
});

function total(outcomes: Trace['outcomes']): number {
  return outcomes.values().reduce((sum, count) => sum + count, 0);
}

/** A property of these tests, not of decide: the rounds reach every outcome often. */
function expectEveryOutcome(outcomes: Trace['outcomes']): void {
  const names = [
    'SEATS_UNAVAILABLE',
    'SEAT_LIMIT_EXCEEDED',
    'EVENT_NOT_ON_SALE',
    'HOLD_EXPIRED',
    'BOOKING_STATE',
    'EXTENSION_REFUSED',
    'CANCELLATION_REFUSED',
    'IDEMPOTENCY_CONFLICT',
    'NOT_FOUND',
    'conflict',
    'done',
  ];
  for (const name of names) {
    expect([name, (outcomes.get(name) ?? 0) > 50]).toEqual([name, true]);
  }
}
