import { randomInt } from 'node:crypto';
import type { PrismaClient, Tx } from '../../platform/database/db.ts';
import { insertSettledRequests, readSettledRequests } from '../requests/settled-requests.sql.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import type { Neighbors } from '../../seating/rows/neighbors.ts';
import { classifyDbError } from '../../platform/database/db-errors.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { pause } from '../../platform/pause.ts';
import { decide } from '../rules/decide.ts';
import type { Command } from '../rules/commands.ts';
import {
  type Changes,
  type EventRules,
  type Key,
  type LockedState,
  TAKEOVER_DELAY_MS_MAX,
} from '../rules/model.ts';
import { type Outcome, refused } from '../rules/draft.ts';
import { BatchAbandonedError, CommitUnknownError, StaleRulesError } from './batch-errors.ts';
import { lockBuyers, lockSeats, readLocked, readPlan, setLockTimeout } from './batch-reads.sql.ts';
import { changeBookings, raiseVersion, writeSeats, findBatch } from './batch-writes.sql.ts';
import type { BatchInput, BatchResult, OnBatchStep, RaisedVersion } from './batch.ts';

/*
 * One batch is one transaction (READ COMMITTED), with a constant number of round trips:
 *
 *   step       statement                        locks, held until COMMIT
 *   planned    readPlan                         none
 *   locked     lockBuyers                       1. rows of the buyers' seat limits, by buyer ID
 *              lockSeats                        2. seats, by index: the named ones, all seats of the named bookings and
 *                                                  of overdue bookings in the way, neighbors if the event forbids orphans
 *   decided    readLocked, decide()             none: the clock, bookings and idempotency keys, read under the locks;
 *              readSettledRequests              with queued holds only: their outcomes, which the buyers' rows protect
 *   written    changeBookings, writeSeats       bookings, which their seats already protect; rows of new guests, by ID
 *              insertSettledRequests            with queued holds only
 *   versioned  raiseVersion                     3. the event's row; checks that its status is still as planned
 *   committed  COMMIT
 *
 * Every transaction that changes seats takes its locks in this order, so batches cannot deadlock.
 */

interface BatchSettings {
  readonly defaultHoldTtlMs: number;
  /** Maximum duration of the batch. After it, no further statement is sent. */
  readonly deadlineMs: number;
  /** Maximum wait for a lock; null or absent for the session's own. */
  readonly lockTimeoutMs?: number | null;
  readonly onStep?: OnBatchStep | undefined;
}

/**
 * Runs commands for one event in one transaction.
 *
 * @throws {CommitUnknownError} if the connection broke during COMMIT, COMMIT took too long, or it stopped waiting for the
 *   synchronous standby. After any other error, nothing was changed.
 */
export async function runBatch(
  db: PrismaClient,
  input: BatchInput,
  settings: BatchSettings,
): Promise<BatchResult> {
  const progress: { result: BatchResult | null; abandoned: boolean } = { result: null, abandoned: false };
  const transaction = db.$transaction(async (tx) => {
    const result = await runSteps(tx, input, settings, (step) => {
      // Stops an abandoned batch before its next statement.
      if (progress.abandoned) throw new BatchAbandonedError();
      settings.onStep?.(step);
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
    if (progress.result === null || progress.result.raised === null) throw error;
    throw new CommitUnknownError(input, progress.result, progress.result.raised.version, error);
  }
}

async function runSteps(
  tx: Tx,
  input: BatchInput,
  settings: BatchSettings,
  passed: OnBatchStep,
): Promise<BatchResult> {
  const { eventId, commands, neighbors } = input;
  if (settings.lockTimeoutMs != null) await setLockTimeout(tx, settings.lockTimeoutMs);
  const named = collectNamed(commands);
  const plan = await readPlan(tx, eventId, named, settings.defaultHoldTtlMs);
  if (plan === null) return refuseAll(input);
  // The event was published after the batch was prepared.
  // guard: published-after-preparation
  if (lacksNeighbors(plan.event, commands, neighbors)) throw new StaleRulesError();

  passed('planned');
  if (named.buyerIds.length > 0) await lockBuyers(tx, eventId, named.buyerIds); // guard: buyer-limit-lock
  const touched = [...named.seats, ...plan.moreSeats];
  const toLock = [...new Set([...touched, ...neighbors.keys()])].sort((a, b) => a - b);
  const seats = await lockSeats(tx, eventId, toLock, input.skipLocked);
  passed('locked');
  const holders = [...seats.values()].flatMap((seat) =>
    seat.status === 'HELD' ? (seat.bookingId ?? []) : [],
  );
  const covered = await readLocked(tx, eventId, {
    ...named,
    bookingIds: [...new Set([...named.bookingIds, ...holders])],
    admittedIds: plan.event.needsAdmission ? named.buyerIds : [],
  });
  const clock = { databaseMs: covered.clockMs, monotonicMs: performance.now() };
  const { requestIds } = named;
  const requests = requestIds.length === 0 ? [] : await readSettledRequests(tx, eventId, requestIds);
  const takeoverDelaysMs = plan.event.takeoverDelay ? commands.map(drawTakeoverDelayMs) : [];
  const locked: LockedState = { event: plan.event, seats, neighbors, requests, takeoverDelaysMs, ...covered };
  const { outcomes, changes } = decide(locked, commands);
  passed('decided');
  const raised = await write(tx, input, locked, changes, passed);
  return { outcomes, changes, batchId: input.batchId, clock, raised };
}

/** Cryptographically strong: nobody can predict it from other delays. At least 1, so that the deadline itself is no takeover. */
function drawTakeoverDelayMs(): number {
  return randomInt(1, TAKEOVER_DELAY_MS_MAX + 1); // guard: takeover-delay-drawn
}

async function write(
  tx: Tx,
  input: BatchInput,
  locked: LockedState,
  changes: Changes,
  passed: OnBatchStep,
): Promise<RaisedVersion | null> {
  const { eventId } = input;
  if (changes.changedBookings.length > 0) {
    const written = await changeBookings(tx, eventId, locked.clockMs, changes.changedBookings);
    expectRows('changeBookings', written, changes.changedBookings.length);
  }
  if (changes.steps.length > 0 || changes.usedKeys.length > 0) {
    expectRows('writeSeats', await writeSeats(tx, eventId, locked.clockMs, changes), changes.seats.length);
  }
  const { settledRequests } = changes;
  if (settledRequests.length > 0) {
    const inserted = await insertSettledRequests(tx, eventId, settledRequests); // guard: request-outcome-stored
    expectRows('insertSettledRequests', inserted, settledRequests.length);
  }
  passed('written');
  if (changes.steps.length === 0 && changes.changedBookings.length === 0) return null;
  const raised = await raiseVersion(tx, locked.event, input.batchId, locked.clockMs, changes);
  if (raised === null) throw new StaleRulesError();
  passed('versioned');
  return raised;
}

/** A mismatch means that a row differs from its locked state. Rolling back is the only safe response. */
function expectRows(statement: string, written: number, expected: number): void {
  if (written !== expected) throw new Error(`${statement} wrote ${written} rows, expected ${expected}`);
}

/** Refuses all commands for an event that does not exist, or that no caller of the batch may see. */
function refuseAll({ commands, batchId }: BatchInput): BatchResult {
  const changes: Changes = {
    steps: [],
    seats: [],
    createdBookings: [],
    changedBookings: [],
    usedKeys: [],
    settledRequests: [],
  };
  return { outcomes: commands.map(refuseMissingEvent), changes, batchId, clock: null, raised: null };
}

/**
 * Commands about a booking get the same refusal as at a public event that has no such booking. Otherwise the response
 * would reveal drafts.
 */
function refuseMissingEvent({ kind }: Command): Outcome {
  // guard: uniform-draft-refusal
  const what = kind === 'hold' || kind === 'block' || kind === 'unblock' ? 'event' : 'booking';
  return refused({ code: 'NOT_FOUND', what });
}

/** Collects what the commands name, without duplicates. Buyers are sorted, the order in which they are locked. */
function collectNamed(commands: readonly Command[]) {
  const seats = new Set<number>();
  const bookingIds = new Set<string>();
  const buyerIds = new Set<string>();
  const keys: (Key & { buyerId: string })[] = [];
  const callerIds = new Set<string | null>();
  const requestIds = new Set<string>();
  for (const command of commands) {
    callerIds.add(getCaller(command));
    for (const seat of getNamedSeats(command)) seats.add(seat);
    if ('bookingId' in command && command.kind !== 'hold') bookingIds.add(command.bookingId);
    if (command.kind === 'hold' && command.request !== undefined) requestIds.add(command.request.requestId);
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
    requestIds: [...requestIds],
  };
}

function lacksNeighbors(
  { orphanRule, status, seatsTotal }: EventRules,
  commands: readonly Command[],
  known: ReadonlyMap<number, Neighbors>,
): boolean {
  if (orphanRule === 'ALLOW' || status !== 'ON_SALE') return false;
  return commands.some((command) => {
    const seats = command.kind === 'hold' ? command.named : command.kind === 'change' ? command.seats : [];
    return seats.some((seat) => seat < seatsTotal && !known.has(seat));
  });
}

/** Returns null for commands of the server itself, which sees every event. */
function getCaller(command: Command): string | null {
  if ('buyerId' in command) return command.buyerId;
  if ('organizerId' in command) return command.organizerId;
  return command.kind === 'cancel' ? command.callerId : null;
}

function getNamedSeats(command: Command): readonly number[] {
  if (command.kind === 'hold') return [...command.named, ...(command.chosen ?? [])];
  return 'seats' in command ? command.seats : [];
}

const RESOLVE_MS_MAX = 5_000;
const RESOLVE_EVERY_MS = 200;
/** Timeout of one attempt. Longer than its lock_timeout, so that a lost batch that still holds its locks has ended. */
const ATTEMPT_MS_MAX = 4_000;

/**
 * Runs a batch. If the outcome of COMMIT is unknown, asks the database for it.
 *
 * @throws {CommitUnknownError} only if the database could not be asked. After any other error, nothing was changed.
 */
export async function runBatchToTheEnd(
  db: PrismaClient,
  input: BatchInput,
  settings: BatchSettings,
  logger: Logger,
): Promise<BatchResult> {
  try {
    return await runBatch(db, input, settings);
  } catch (error) {
    if (!(error instanceof CommitUnknownError)) throw error;
    return resolveUnknownCommit(db, error, logger);
  }
}

/**
 * Asks the database for at most five seconds whether a batch was committed.
 *
 * @returns the batch's result if it was committed.
 * @throws the original error if it was not (the batch can be retried); the CommitUnknownError if the database could not
 *   be asked.
 */
async function resolveUnknownCommit(
  db: PrismaClient,
  unknown: CommitUnknownError,
  logger: Logger,
): Promise<BatchResult> {
  const { eventId, batchId } = unknown.input;
  const giveUpAt = performance.now() + RESOLVE_MS_MAX;
  for (;;) {
    try {
      const committed = await withTimeout(
        db.$transaction((tx) => findBatch(tx, eventId, unknown.version, batchId)),
        ATTEMPT_MS_MAX,
        () => new Error('Connection terminated: no response in time'),
      );
      logger.warn({ eventId, batchId, committed }, 'resolved the outcome of an unknown COMMIT');
      if (committed) return unknown.result;
      throw unknown.cause;
    } catch (error) {
      if (error === unknown.cause) throw error;
      if (classifyDbError(error) === 'permanent' || performance.now() >= giveUpAt) throw unknown;
      await pause(RESOLVE_EVERY_MS);
    }
  }
}
