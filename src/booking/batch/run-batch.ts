import type { PrismaClient, Tx } from '../../platform/database/db.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import { BatchAbandonedError, CommitUnknownError, StaleRulesError } from './batch-errors.ts';
import { lockBuyers, lockSeats, readLocked, readPlan, setLockTimeout } from './batch-reads.sql.ts';
import { changeBookings, raiseVersion, writeSeats, type RaisedVersion } from './batch-writes.sql.ts';
import { decide } from '../rules/decide.ts';
import type { BatchInput, BatchResult, BatchStep, OnBatchStep } from './batch.ts';
import type { Changes, Command, EventRules, Key, LockedState, Neighbours, Outcome } from '../rules/model.ts';
import { refused } from '../rules/outcomes.ts';

export interface BatchSettings {
  readonly defaultHoldTtlMs: number;
  /** After this long the batch is given up: nothing more of it is sent. */
  readonly deadlineMs: number;
  /** How long to wait for a lock; null or absent: as long as the session allows. */
  readonly lockTimeoutMs?: number | null;
  readonly onStep?: OnBatchStep | undefined;
}

/** Called after each step; throws where the batch was given up meanwhile, so that nothing more of it is sent. */
type Passed = (step: BatchStep) => void;

/**
 * Runs commands for one event in one transaction (read committed), with a constant number of round trips: plan, lock
 * buyers, lock seats, read what they cover and the clock, decide, write, raise the version, COMMIT. Holds its locks
 * from the first locking statement to COMMIT.
 *
 * @throws {CommitUnknownError} when the connection broke in COMMIT; any other error means that nothing happened.
 */
export async function runBatch(
  db: PrismaClient,
  input: BatchInput,
  settings: BatchSettings,
): Promise<BatchResult> {
  const progress: { result: BatchResult | null; abandoned: boolean } = { result: null, abandoned: false };
  const transaction = db.$transaction(async (tx) => {
    const result = await steps(tx, input, settings, (step) => {
      if (progress.abandoned) throw new BatchAbandonedError();
      settings.onStep?.(step, input);
    });
    progress.result = result;
    return result;
  });
  try {
    return await withTimeout(transaction, settings.deadlineMs, () => {
      progress.abandoned = true;
      return new BatchAbandonedError();
    });
  } catch (error) {
    if (progress.result === null || progress.result.version === null) throw error;
    throw new CommitUnknownError(input, progress.result, progress.result.version, error);
  }
}

async function steps(
  tx: Tx,
  input: BatchInput,
  settings: BatchSettings,
  passed: Passed,
): Promise<BatchResult> {
  const { eventId, commands, neighbours } = input;
  if (settings.lockTimeoutMs != null) await setLockTimeout(tx, settings.lockTimeoutMs);
  const named = namedBy(commands);
  const plan = await readPlan(tx, eventId, named, settings.defaultHoldTtlMs);
  if (plan === null) return unchanged(commands.map(notThere), input);
  // The event was published after the batch was prepared.
  // guard: published-after-preparation
  if (lacksNeighbours(plan.event, commands, neighbours)) throw new StaleRulesError();

  passed('planned');
  if (named.buyerIds.length > 0) await lockBuyers(tx, eventId, named.buyerIds); // guard: buyer-limit-lock
  const touched = [...named.seats, ...plan.moreSeats];
  const toLock = [...new Set([...touched, ...neighbours.keys()])].sort((a, b) => a - b);
  const seats = await lockSeats(tx, eventId, toLock, input.skipLocked);
  passed('locked');
  const holders = [...seats.values()].flatMap((seat) =>
    seat.status === 'HELD' ? (seat.bookingId ?? []) : [],
  );
  const covered = await readLocked(tx, eventId, {
    ...named,
    bookingIds: [...new Set([...named.bookingIds, ...holders])],
  });
  const locked: LockedState = { event: plan.event, seats, neighbours, ...covered };
  const { outcomes, changes } = decide(locked, commands);
  passed('decided');
  const raised = await write(tx, input, locked, changes, passed);
  return { outcomes, changes, batchId: input.batchId, ...(raised ?? notRaised) };
}

const notRaised = { version: null, previousBatchId: null };

async function write(
  tx: Tx,
  input: BatchInput,
  locked: LockedState,
  changes: Changes,
  passed: Passed,
): Promise<RaisedVersion | null> {
  const { eventId } = input;
  if (changes.changedBookings.length > 0) {
    const written = await changeBookings(tx, eventId, locked.clockMs, changes.changedBookings);
    expectRows('changeBookings', written, changes.changedBookings.length);
  }
  if (changes.steps.length > 0 || changes.usedKeys.length > 0) {
    expectRows('writeSeats', await writeSeats(tx, eventId, locked.clockMs, changes), changes.seats.length);
  }
  passed('written');
  if (changes.steps.length === 0 && changes.changedBookings.length === 0) return null;
  const raised = await raiseVersion(tx, locked.event, input.batchId, locked.clockMs, changes);
  if (raised === null) throw new StaleRulesError();
  passed('versioned');
  return raised;
}

/** A mismatch means that a row was not as it was locked: rolling back is the only safe answer. */
function expectRows(statement: string, written: number, expected: number): void {
  if (written !== expected) throw new Error(`${statement} wrote ${written} rows, expected ${expected}`);
}

function unchanged(outcomes: readonly Outcome[], { batchId }: BatchInput): BatchResult {
  const changes: Changes = { steps: [], seats: [], createdBookings: [], changedBookings: [], usedKeys: [] };
  return { outcomes, changes, batchId, ...notRaised };
}

/**
 * The refusal for an event that does not exist, or that no caller of the batch may see. What is asked of a booking is
 * refused as it is at a public event that has no such booking: otherwise the answer would tell the two apart.
 */
function notThere({ kind }: Command): Outcome {
  // guard: uniform-draft-refusal
  const what = kind === 'hold' || kind === 'block' || kind === 'unblock' ? 'event' : 'booking';
  return refused({ code: 'NOT_FOUND', what });
}

/** What the commands name, each once and sorted: the order in which it is locked. */
function namedBy(commands: readonly Command[]) {
  const seats = new Set<number>();
  const bookingIds = new Set<string>();
  const buyerIds = new Set<string>();
  const keys: (Key & { buyerId: string })[] = [];
  const callerIds = new Set<string | null>();
  for (const command of commands) {
    callerIds.add(callerOf(command));
    for (const seat of seatsOf(command)) seats.add(seat);
    if ('bookingId' in command && command.kind !== 'hold') bookingIds.add(command.bookingId);
    if (command.kind === 'hold' || command.kind === 'confirm' || command.kind === 'change') {
      buyerIds.add(command.buyerId);
      if (command.kind !== 'change' && command.key !== null)
        keys.push({ ...command.key, buyerId: command.buyerId });
    }
  }
  return {
    seats: [...seats],
    bookingIds: [...bookingIds],
    buyerIds: [...buyerIds].sort(),
    keys,
    callerIds: [...callerIds],
  };
}

function lacksNeighbours(
  { orphanRule, status, seatsTotal }: EventRules,
  commands: readonly Command[],
  known: ReadonlyMap<number, Neighbours>,
): boolean {
  if (orphanRule === 'ALLOW' || status !== 'ON_SALE') return false;
  return commands.some((command) => {
    const seats = command.kind === 'hold' ? command.named : command.kind === 'change' ? command.seats : [];
    return seats.some((seat) => seat < seatsTotal && !known.has(seat));
  });
}

/** Null: the server itself, which sees every event. */
function callerOf(command: Command): string | null {
  if ('buyerId' in command) return command.buyerId;
  if ('organizerId' in command) return command.organizerId;
  return command.kind === 'cancel' ? command.callerId : null;
}

function seatsOf(command: Command): readonly number[] {
  if (command.kind === 'hold') return [...command.named, ...(command.chosen ?? [])];
  return 'seats' in command ? command.seats : [];
}
