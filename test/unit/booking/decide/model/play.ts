import type { decide } from '../../../../../src/booking/rules/decide.ts';
import type { Command } from '../../../../../src/booking/rules/commands.ts';
import type { BookingRecord, LockedState, Step } from '../../../../../src/booking/rules/model.ts';
import type { Outcome } from '../../../../../src/booking/rules/draft.ts';
import { equal } from './equal.ts';
import { checkChanges, checkState } from './invariants.ts';
import type { Model } from './reference-hall.ts';
import { runModel } from './reference-model.ts';
import { anEvent, commandsOf, START_MS, type Round } from './rounds.ts';
import { emptyHall, lock, seatsTouchedBy, store, type Locking, type Stored } from './stored-state.ts';

export type Decide = typeof decide;

/** The record of one play: every batch as it was passed to decide, and the number of outcomes of each kind. */
export interface Trace {
  readonly batches: { readonly locked: LockedState; readonly commands: readonly Command[] }[];
  readonly outcomes: Map<string, number>;
}

/** Plays each round in one batch, and compares every outcome and state with the model's. @throws if they differ. */
export function playWithModel(
  decide: Decide,
  rounds: readonly Round[],
  lockingOf: (round: Round) => Locking,
  trace: Trace,
): void {
  const stored = emptyHall(anEvent);
  const seats = [...stored.seats.values()].map((seat) => ({ ...seat }));
  const model: Model = {
    event: anEvent,
    clockMs: START_MS,
    seats,
    bookings: [],
    keys: [],
    takeoverDelayMs: 0,
  };
  let firstId = 0;
  for (const round of rounds) {
    model.clockMs += round.passedMs;
    model.event = { ...anEvent, ...round.rules };
    const commands = commandsOf(round, stored, firstId);
    firstId += commands.length;
    const locked = lock(
      stored,
      model.event,
      model.clockMs,
      commands,
      lockingOf(round),
      round.takeoverDelaysMs,
    );
    const outcomes = decideAndStore(decide, stored, locked, commands, trace);
    for (const [n, command] of commands.entries()) {
      model.takeoverDelayMs = round.takeoverDelaysMs[n] ?? Number.NaN;
      compareOutcome(model, locked, command, outcomes[n]);
    }
    compareState(model, stored);
  }
}

/** Plays the rounds twice: each in one batch, and each split into batches. @throws if the results differ. */
export function playSplit(decide: Decide, rounds: readonly Round[], trace: Trace): void {
  const whole = emptyHall(anEvent);
  const split = emptyHall(anEvent);
  let clockMs = START_MS;
  let firstId = 0;
  for (const round of rounds) {
    clockMs += round.passedMs;
    const event = { ...anEvent, ...round.rules };
    const commands = commandsOf(round, whole, firstId);
    firstId += commands.length;
    const play = (stored: Stored, part: readonly Command[], steps: Step[]): readonly Outcome[] => {
      const delaysMs = part.map((command) => round.takeoverDelaysMs[commands.indexOf(command)] ?? Number.NaN);
      const locked = lock(stored, event, clockMs, part, 'batch', delaysMs);
      return decideAndStore(decide, stored, locked, part, trace, steps);
    };
    const steps: [Step[], Step[]] = [[], []];
    const together = play(whole, commands, steps[0]);
    const apart = cutUp(commands, round.cuts).flatMap((part) => play(split, part, steps[1]));
    if (!equal(together, apart)) throw differ('outcomes', 'in one batch', together, 'in several', apart);
    if (!equal(steps[0], steps[1])) throw differ('steps', 'in one batch', steps[0], 'in several', steps[1]);
    for (const part of ['seats', 'bookings', 'keys'] as const) {
      const [a, b] = [[...whole[part].values()], [...split[part].values()]];
      if (!equal(sorted(a), sorted(b))) throw differ(part, 'in one batch', a, 'in several', b);
    }
  }
}

function decideAndStore(
  decide: Decide,
  stored: Stored,
  locked: LockedState,
  commands: readonly Command[],
  trace: Trace,
  steps?: Step[],
): readonly Outcome[] {
  trace.batches.push({ locked, commands });
  const decided = decide(locked, commands);
  checkChanges(locked, commands, decided);
  store(stored, decided.changes);
  checkState(stored, locked.clockMs, locked.event.seatLimit);
  steps?.push(...decided.changes.steps);
  for (const outcome of decided.outcomes) {
    const name =
      outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind === 'retry' ? outcome.why : 'done';
    trace.outcomes.set(name, (trace.outcomes.get(name) ?? 0) + 1);
  }
  return decided.outcomes;
}

function compareOutcome(
  model: Model,
  locked: LockedState,
  command: Command,
  outcome: Outcome | undefined,
): void {
  if (outcome?.kind === 'retry' && outcome.why === 'unlocked') {
    const bookings = new Map<string, BookingRecord>(model.bookings.map((booking) => [booking.id, booking]));
    const now: Stored = { seats: new Map(model.seats.entries()), bookings, keys: new Map() };
    const touched = seatsTouchedBy(now, model.clockMs, command);
    if (touched.some((index) => !locked.seats.has(index))) return;
    throw new Error(`${JSON.stringify(command)} is to come again, though all that it touches is locked`);
  }
  const expected = runModel(model, command);
  if (!equal(outcome, expected))
    throw differ(JSON.stringify(command), 'decide', outcome, 'the model', expected);
}

function compareState(model: Model, stored: Stored): void {
  const seats = [...stored.seats.values()];
  if (!equal(seats, model.seats)) throw differ('seats', 'decide', seats, 'the model', model.seats);
  const bookings = [...stored.bookings.values()];
  if (!equal(bookings, model.bookings))
    throw differ('bookings', 'decide', bookings, 'the model', model.bookings);
  const keys = [...stored.keys.values()];
  if (!equal(keys, model.keys)) throw differ('used keys', 'decide', keys, 'the model', model.keys);
}

function cutUp(commands: readonly Command[], cuts: number): Command[][] {
  const parts: Command[][] = [[]];
  for (const [n, command] of commands.entries()) {
    parts.at(-1)?.push(command);
    if ((cuts >> n) & 1 && n < commands.length - 1) parts.push([]);
  }
  return parts;
}

/** Sorts rows, which have no order. */
function sorted(rows: readonly object[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

function differ(what: string, one: string, a: unknown, other: string, b: unknown): Error {
  return new Error(`${what}\n  ${one}: ${JSON.stringify(a)}\n  ${other}: ${JSON.stringify(b)}`);
}
