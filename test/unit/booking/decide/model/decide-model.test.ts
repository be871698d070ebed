import { expect, test } from 'vitest';
import { decide } from '../../../../../src/booking/rules/decide.ts';
import { checkRounds } from './counterexample.ts';
import { playSplit, playWithModel, type Trace } from './play.ts';

/*
 * More than a million commands a run are held against the model, and against the invariants. A play has some 37
 * commands; each test counts its own.
 */
const RUNS = 12_000;
const COMMANDS = 350_000;

test('with every seat locked, each command gets the outcome that the model gives', () => {
  const outcomes = checkRounds(RUNS, (rounds, trace) =>
    playWithModel(decide, rounds, () => 'everything', trace),
  );
  expect(total(outcomes)).toBeGreaterThan(COMMANDS);
  expect(outcomes.get('unlocked')).toBe(undefined);
  expectEveryOutcome(outcomes);
});

test('what a batch locks and reads is enough: no command has to come again for a seat that is not locked', () => {
  const outcomes = checkRounds(RUNS, (rounds, trace) => playWithModel(decide, rounds, () => 'batch', trace));
  expect(total(outcomes)).toBeGreaterThan(COMMANDS);
  expect(outcomes.get('unlocked')).toBe(undefined);
  expectEveryOutcome(outcomes);
});

test('with any seats locked, a command comes again for one that is not, or gets the outcome that the model gives', () => {
  const outcomes = checkRounds(RUNS, (rounds, trace) =>
    playWithModel(decide, rounds, ({ lockedSeats }) => lockedSeats, trace),
  );
  expect(total(outcomes)).toBeGreaterThan(COMMANDS);
  expect(outcomes.get('unlocked')).toBeGreaterThan(COMMANDS / 100);
  expectEveryOutcome(outcomes);
});

test('it makes no difference how the commands of one instant are split into batches', () => {
  // Each command is decided twice.
  const outcomes = checkRounds(RUNS / 2, (rounds, trace) => playSplit(decide, rounds, trace));
  expect(total(outcomes)).toBeGreaterThan(COMMANDS);
  expectEveryOutcome(outcomes);
});

function total(outcomes: Trace['outcomes']): number {
  return outcomes.values().reduce((sum, count) => sum + count, 0);
}

/** Not a property of decide but of these tests: that the rounds reach all of it, and often. */
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
