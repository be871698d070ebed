import { randomInt } from 'node:crypto';
import type { PrismaClient, Tx } from '../../platform/database/db.ts';
import { sendTogether } from '../../platform/database/driver/pipeline.ts';
import { insertSettledRequests, readSettledRequests } from '../requests/settled-requests.sql.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import type { Neighbors } from '../../seating/rows/neighbors.ts';
import { classifyDbError } from '../../platform/database/db-errors.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { pause } from '../../platform/pause.ts';
import { readOutages } from '../../platform/service/outages.sql.ts';
import type { BatchWatch, WriteObserver } from '../../platform/service/write-signals.ts';
import { decide } from '../rules/decide.ts';
import type { Command } from '../rules/commands.ts';
import { type Changes, type EventRules, type LockedState, TAKEOVER_DELAY_MS_MAX } from '../rules/model.ts';
import { type Outcome, refused } from '../rules/draft.ts';
import { BatchAbandonedError, CommitUnknownError, StaleRulesError } from './batch-errors.ts';
import { lockBuyers, lockSeats, readLocked, readPlan, setLockTimeout } from './batch-reads.sql.ts';
import { changeBookings, raiseVersion, writeSeats, findBatch } from './batch-writes.sql.ts';
import type { BatchInput, BatchResult, BatchStep, OnBatchStep, RaisedVersion } from './batch.ts';
import { collectNamed } from './collect-named.ts';
import { runInEpoch } from './epoch.ts';
import type { EventTables } from './event-tables.ts';

/*
 * One batch is one transaction (READ COMMITTED), with five round trips: BEGIN travels with the first statement, the statements
 * that lock travel together, and so do those that write.
 *
 *   step       statement                        locks, held until COMMIT
 *   planned    readPlan                         none: the event, and whether the server is in the stored epoch
 *   locked     lockBuyers                       1. rows of the buyers' seat limits, by buyer ID
 *              lockSeats                        2. seats, by index: the named ones, all seats of the named bookings and
 *                                                  of overdue bookings that were in the way of retried commands,
 *                                                  neighbors if the event forbids orphans
 *   decided    readLocked, readOutages          none: the clock, bookings, idempotency keys and outages, read under the locks
 *              readSettledRequests, decide()    with queued holds only: their outcomes, which the buyers' rows protect
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
  readonly writes?: WriteObserver | undefined;
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
  const watch = settings.writes?.watchBatch();
  const transaction = db.$transaction(async (tx) => {
    const result = await runSteps(tx, input, settings, (step) => {
      // Stops an abandoned batch before its next statement.
      if (progress.abandoned) throw new BatchAbandonedError();
      report(watch, step);
      settings.onStep?.(step);
    });
    progress.result = result;
    return result;
  });
  try {
    const result = await withTimeout(transaction, settings.deadlineMs, () => {
      progress.abandoned = true;
      return new BatchAbandonedError();
    });
    watch?.completed();
    return result;
  } catch (error) {
    watch?.failed(error);
    if (progress.result === null || progress.result.raised === null) throw error;
    throw new CommitUnknownError(input, progress.result, progress.result.raised.version, error);
  }
}

function report(watch: BatchWatch | undefined, step: BatchStep): void {
  if (step === 'planned') watch?.locking();
  else if (step === 'locked') watch?.locked();
  else if (step === 'versioned') watch?.committing();
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
  const plan = await readPlan(tx, eventId, named.callerIds, settings.defaultHoldTtlMs);
  if (plan === null) return refuseAll(input);
  const { event, tables } = plan;
  // The event was published after the batch was prepared.
  // guard: published-after-preparation
  if (lacksNeighbors(event, commands, neighbors)) throw new StaleRulesError();

  passed('planned');
  const toLock = {
    seats: [...new Set([...named.seats, ...neighbors.keys()])].sort((a, b) => a - b),
    bookingIds: named.bookingIds,
    contested: input.contested,
  };
  const [, seats] = await sendTogether(
    async () => {
      if (named.buyerIds.length > 0) await lockBuyers(tx, tables, eventId, named.buyerIds); // guard: buyer-limit-lock
    },
    () => lockSeats(tx, tables, eventId, toLock, input.skipLocked),
  );
  passed('locked');
  const holders = [...seats.values()].flatMap((seat) =>
    seat.status === 'HELD' ? (seat.bookingId ?? []) : [],
  );
  const toRead = {
    ...named,
    bookingIds: [...new Set([...named.bookingIds, ...holders])],
    admittedIds: event.needsAdmission ? named.buyerIds : [],
  };
  // After the clock: what a buyer was shown while this batch waited for its locks must count.
  const [covered, outages] = await sendTogether(
    () => readLocked(tx, tables, eventId, toRead),
    () => readOutages(tx),
  );
  const clock = { databaseMs: covered.clockMs, monotonicMs: performance.now() };
  const { requestIds } = named;
  const requests =
    requestIds.length === 0 ? [] : await readSettledRequests(tx, eventId, requestIds, tables.holdRequests);
  const takeoverDelaysMs = event.takeoverDelay ? commands.map(drawTakeoverDelayMs) : [];
  const locked: LockedState = { event, outages, seats, neighbors, requests, takeoverDelaysMs, ...covered };
  const { outcomes, changes } = decide(locked, commands);
  passed('decided');
  const raised = await write(tx, tables, input, locked, changes, passed);
  return { outcomes, changes, outages, batchId: input.batchId, clock, raised };
}

/** Cryptographically strong: nobody can predict it from other delays. At least 1, so that the deadline itself is no takeover. */
function drawTakeoverDelayMs(): number {
  return randomInt(1, TAKEOVER_DELAY_MS_MAX + 1); // guard: takeover-delay-drawn
}

async function write(
  tx: Tx,
  tables: EventTables,
  input: BatchInput,
  locked: LockedState,
  changes: Changes,
  passed: OnBatchStep,
): Promise<RaisedVersion | null> {
  const { eventId } = input;
  const { clockMs } = locked;
  const { changedBookings, settledRequests, steps } = changes;
  const hasRows = steps.length > 0 || changes.usedKeys.length > 0;
  const raises = steps.length > 0 || changedBookings.length > 0;
  const [changed, written, settled, raised] = await sendTogether(
    async () =>
      changedBookings.length > 0 ? changeBookings(tx, tables, eventId, clockMs, changedBookings) : 0,
    async () => (hasRows ? writeSeats(tx, tables, eventId, clockMs, changes) : 0),
    // guard: request-outcome-stored
    async () =>
      settledRequests.length > 0
        ? insertSettledRequests(tx, eventId, settledRequests, tables.holdRequests)
        : 0,
    async () => (raises ? raiseVersion(tx, tables, locked.event, input.batchId, clockMs, changes) : null),
  );
  expectRows('changeBookings', changed, changedBookings.length);
  expectRows('writeSeats', written, changes.seats.length);
  expectRows('insertSettledRequests', settled, settledRequests.length);
  passed('written');
  if (!raises) return null;
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
  return {
    outcomes: commands.map(refuseMissingEvent),
    changes,
    outages: [],
    batchId,
    clock: null,
    raised: null,
  };
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
    return await runInEpoch(db, logger, () => runBatch(db, input, settings));
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
