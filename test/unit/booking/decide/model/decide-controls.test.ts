import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { decide } from '../../../../../src/booking/rules/decide.ts';
import type { BookingRecord, Changes, LockedState } from '../../../../../src/booking/rules/model.ts';
import { checkRounds } from './counterexample.ts';
import { playSplit, playWithModel, type Decide, type Trace } from './play.ts';
import type { Round } from './rounds.ts';

/*
 * Proves that the checks can fail. Each case is decide with one guard removed or slightly changed; the checks must find it.
 * The first counterexample ends a check, so the number of runs only bounds how rare it may be: a cancellation in one
 * particular millisecond was missed once in 1,000.
 */
const RUNS = 20_000;

const bentLocked: Record<string, (locked: LockedState) => LockedState> = {
  'a hold is good at its deadline': (locked) => withDeadlines(locked, (ms) => ms + 1),
  'a hold ends a millisecond early': (locked) => withDeadlines(locked, (ms) => ms - 1),
  'seats are taken over a millisecond early': (locked) =>
    withBookings(locked, ({ takeoverDelayMs: ms }) => ({ takeoverDelayMs: Math.max(0, ms - 1) })),
  'seats are taken over at the deadline': (locked) => withBookings(locked, () => ({ takeoverDelayMs: 0 })),
  'the buyer has the takeover delay, too': (locked) =>
    withBookings(locked, ({ holdExpiresAtMs, takeoverDelayMs }) => ({
      holdExpiresAtMs: holdExpiresAtMs + takeoverDelayMs,
      takeoverDelayMs: 0,
    })),
  'an event without takeover delay has one': (locked) => ({
    ...withEvent(locked, { takeoverDelay: true }),
    takeoverDelaysMs: Array.from({ length: 8 }, () => 1),
  }),
  'one seat more than the limit': (locked) => withEvent(locked, { seatLimit: locked.event.seatLimit + 1 }),
  'sales never close': (locked) => withEvent(locked, { status: 'ON_SALE' }),
  'sales open early': (locked) => withEvent(locked, { onSaleAtMs: locked.event.onSaleAtMs - 1 }),
  'sales close late': (locked) => withEvent(locked, { saleEndsAtMs: locked.event.saleEndsAtMs + 1 }),
  'buyers cancel late': (locked) =>
    withEvent(locked, { cancelableUntilMs: locked.event.cancelableUntilMs + 1 }),
  'used keys are forgotten': (locked) => ({ ...locked, keys: [] }),
  'the input of a key is not compared': (locked) => ({
    ...locked,
    keys: locked.keys.map((key) => ({ ...key, inputHash: 'i0' })),
  }),
};

const bentChanges: Record<string, (changes: Changes) => Partial<Changes>> = {
  'the last step is lost': ({ steps }) => ({ steps: steps.slice(0, -1) }),
  'steps are turned round': ({ steps }) => ({ steps: [...steps].reverse() }),
  'a seat is not written': ({ seats }) => ({ seats: seats.slice(1) }),
  'a booking is not written': ({ changedBookings }) => ({ changedBookings: changedBookings.slice(1) }),
  'a new booking is not written': ({ createdBookings }) => ({ createdBookings: createdBookings.slice(1) }),
  'a key is not recorded': ({ usedKeys }) => ({ usedKeys: usedKeys.slice(1) }),
};

const withModel =
  (bent: Decide) =>
  (rounds: readonly Round[], trace: Trace): void =>
    playWithModel(bent, rounds, () => 'everything', trace);

test.each(Object.entries(bentLocked))('the checks fail if %s', (_, bend) => {
  expect(() =>
    checkRounds(
      RUNS,
      withModel((locked, commands) => decide(bend(locked), commands)),
    ),
  ).toThrow(/fast-check: seed/);
});

test.each(Object.entries(bentChanges))('the checks fail if %s', (_, bend) => {
  const bent: Decide = (locked, commands) => {
    const { outcomes, changes } = decide(locked, commands);
    return { outcomes, changes: { ...changes, ...bend(changes) } };
  };
  expect(() => checkRounds(RUNS, withModel(bent))).toThrow(/fast-check: seed/);
});

test('the checks fail if the commands of a batch do not see one another', () => {
  const blind: Decide = (locked, commands) => {
    const each = commands.map((command) => decide(locked, [command]));
    return { outcomes: each.flatMap(({ outcomes }) => outcomes), changes: decide(locked, commands).changes };
  };
  expect(() => checkRounds(RUNS, withModel(blind))).toThrow(/fast-check: seed/);
  expect(() => checkRounds(RUNS, (rounds, trace) => playSplit(blind, rounds, trace))).toThrow(
    /fast-check: seed/,
  );
});

test('a counterexample is reported as a script that runs', () => {
  const bent: Decide = (locked, commands) => {
    const { outcomes, changes } = decide(locked, commands);
    return { outcomes, changes: { ...changes, usedKeys: [] } };
  };
  const told = messageOf(() => checkRounds(RUNS, withModel(bent)));
  const script = told.slice(told.indexOf('import { decide }'));
  expect(script).toContain('\n// used keys\n');
  const repository = path.join(import.meta.dirname, '..', '..', '..', '..', '..');
  const args = ['--no-warnings', '--input-type=module-typescript', '--eval', script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: repository, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toContain('outcomes: [');
});

function withEvent(locked: LockedState, changed: Partial<LockedState['event']>): LockedState {
  return { ...locked, event: { ...locked.event, ...changed } };
}

function withDeadlines(locked: LockedState, change: (ms: number) => number): LockedState {
  return withBookings(locked, ({ holdExpiresAtMs }) => ({ holdExpiresAtMs: change(holdExpiresAtMs) }));
}

function withBookings(
  locked: LockedState,
  change: (booking: BookingRecord) => Partial<BookingRecord>,
): LockedState {
  const bookings = locked.bookings.values().map((booking) => ({ ...booking, ...change(booking) }));
  return { ...locked, bookings: new Map(bookings.map((booking) => [booking.id, booking])) };
}

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error('nothing was thrown');
}
