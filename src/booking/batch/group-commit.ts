import { BusyError } from '../../platform/errors.ts';
import type { Writes } from '../../platform/service/service-monitor.ts';
import { metrics } from '../../platform/observability/metrics.ts';
import { currentRequest, runInRequest, type RequestScope } from '../../platform/request-scope.ts';
import type { SeatChoice } from '../../seating/best-available/choose-seats.ts';
import type { Command } from '../rules/commands.ts';
import type { Outcome } from '../rules/draft.ts';

/*
 * Group commit: while a batch for an event is in flight, new commands for that event queue up. When it returns, all of
 * them go into the next batch. No timer delays anything: a command that finds its event idle starts a batch at once.
 *
 *   submit ──▶ lane.waiting ──▶ batch (execute-batch.ts) ──▶ settled
 *                  ▲   ▲                   │
 *                  │   └────── retry ──────┤
 *                  └── lane.parked ◀───────┘  while `waitsFor` is pending
 *
 * One lane per event, one batch in flight per lane, at most `lanesMax` batches per process. Locks are the database's:
 * run-batch.ts takes them, and batches of several processes for the same event queue there.
 */

export interface Submission {
  readonly command: Command;
  /** Choice of seats by the server for a hold: always, or only if the named ones are taken. Null: never. */
  readonly choice: { readonly when: 'always' | 'onConflict'; readonly seats: SeatChoice } | null;
}

/** A submitted command that has no outcome yet. */
export interface Pending extends Submission {
  readonly deadlineMs: number;
  /** The request that submitted the command. */
  readonly request: RequestScope | undefined;
  /** Set when a batch found the named seats taken: from then on the server chooses. */
  conflicted: boolean;
  /** Seats that the server chose for the next batch; null if it has not chosen yet. */
  candidates: readonly number[] | null;
  /** A read that the command needs. While it is pending, the command is parked outside the queue. Never rejects. */
  waitsFor: Promise<unknown> | null;
  /** Set when a batch with this command failed, possibly because of it: from then on it runs alone. */
  alone: boolean;
  /** Set when the first batch takes the command. */
  taken: boolean;
  /** Set when a batch with this command is retried. */
  retried: boolean;
  /** Set when seats that the server chose were taken: its map is stale, so the next choice reads the database. */
  staleMap: boolean;
  /** Set when the command affects seats that its batch had not locked: those of an overdue booking. */
  contested: boolean;
  /** Set by the first call of `settle`. Further calls do nothing. */
  settled: boolean;
  settle(outcome: Outcome | Error): void;
}

/** Runs one batch, settles the commands it can, and returns those to retry. Never rejects. */
export type ExecuteBatch = (eventId: number, batch: readonly Pending[]) => Promise<readonly Pending[]>;

export interface GroupCommitLimits {
  /** Maximum number of commands in a batch. */
  readonly batchMax: number;
  /** Maximum number of seats in a batch, which also bounds its bytes. A single command always fits. */
  readonly batchSeatsMax: number;
  /** Maximum number of commands that wait for one event. Beyond it, commands fail at once with BusyError. */
  readonly queueMax: number;
  /** Maximum number of batches in flight, one per event. Equals the size of the connection pool for batches. */
  readonly lanesMax: number;
  /** Maximum time that a command waits for its outcome. */
  readonly waitMaxMs: number;
}

const defaultGroupCommitLimits: GroupCommitLimits = {
  batchMax: 512,
  batchSeatsMax: 4_000,
  queueMax: 20_000,
  lanesMax: 8,
  waitMaxMs: 5_000,
};

const DEADLINES_EVERY_MS = 100;

interface Lane {
  readonly eventId: number;
  waiting: Pending[];
  /** Commands that wait for a read without delaying the others; see `Pending.waitsFor`. */
  readonly parked: Set<Pending>;
  running: boolean;
}

/** Queues the commands of each event and runs them in batches. */
export class GroupCommit {
  readonly #execute: ExecuteBatch;
  readonly #limits: GroupCommitLimits;
  readonly #writes: Writes | null;
  readonly #lanes = new Map<number, Lane>();
  readonly #ready: Lane[] = [];
  readonly #idle: (() => void)[] = [];
  #running = 0;
  /** Called with the duration of each command. Null: nobody measures. */
  onSettled: ((eventId: number, durationMs: number, isBusy: boolean) => void) | null = null;
  #deadlines: NodeJS.Timeout | undefined;

  constructor(execute: ExecuteBatch, limits = defaultGroupCommitLimits, writes: Writes | null = null) {
    this.#execute = execute;
    this.#limits = limits;
    this.#writes = writes;
  }

  /**
   * Submits a command and returns its outcome, which is committed or certain not to be.
   *
   * @throws {BusyError} if the queue is full, the deadline passed, or the outcome of COMMIT is unknown.
   * @throws {ReadOnlyError} at once while writes are off.
   */
  async submit(eventId: number, submission: Submission): Promise<Outcome> {
    const submittedAt = performance.now();
    let isBusy = false;
    if (this.#writes?.areOn === false) throw this.#writes.refusal(); // guard: command-refused-while-read-only
    metrics.queuedCommands.inc();
    this.#writes?.commandSubmitted();
    try {
      return await this.#enqueue(eventId, submission);
    } catch (error) {
      isBusy = error instanceof BusyError;
      throw error;
    } finally {
      metrics.queuedCommands.dec();
      this.#writes?.commandSettled();
      this.onSettled?.(eventId, performance.now() - submittedAt, isBusy);
    }
  }

  #enqueue(eventId: number, submission: Submission): Promise<Outcome> {
    const lane = this.#getLane(eventId);
    if (lane.waiting.length + lane.parked.size >= this.#limits.queueMax)
      return Promise.reject(new BusyError());
    return new Promise((resolve, reject) => {
      lane.waiting.push(
        createPending(submission, performance.now() + this.#limits.waitMaxMs, (outcome) =>
          outcome instanceof Error ? reject(outcome) : resolve(outcome),
        ),
      );
      this.#watchDeadlines();
      this.#wake(lane);
    });
  }

  /** Returns the number of commands of an event that wait for a batch. */
  countWaiting(eventId: number): number {
    const lane = this.#lanes.get(eventId);
    return lane === undefined ? 0 : lane.waiting.length + lane.parked.size;
  }

  /** Resolves when no command waits and no batch is in flight. */
  async drained(): Promise<void> {
    if (this.#lanes.size === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #getLane(eventId: number): Lane {
    let lane = this.#lanes.get(eventId);
    if (lane === undefined) {
      lane = { eventId, waiting: [], parked: new Set(), running: false };
      this.#lanes.set(eventId, lane);
    }
    return lane;
  }

  #wake(lane: Lane): void {
    if (lane.running) return;
    lane.running = true;
    this.#ready.push(lane);
    this.#startReady();
  }

  #startReady(): void {
    while (this.#running < this.#limits.lanesMax) {
      const lane = this.#ready.shift();
      if (lane === undefined) return;
      this.#running++;
      void this.#runOnce(lane);
    }
  }

  /** Runs one batch of the lane. If more commands wait, the lane queues behind the other lanes. */
  async #runOnce(lane: Lane): Promise<void> {
    const batch = this.#takeBatch(lane);
    // In the scope of its first command, not in that of a command of an earlier batch, which started this one.
    const run = () => this.#execute(lane.eventId, batch);
    const retry = batch.length > 0 ? await runInRequest(batch[0]?.request, run) : [];
    // `lane.waiting` is read only now: refusing late commands replaces the list while the batch runs.
    lane.waiting.unshift(...retry.filter(({ waitsFor }) => waitsFor === null));
    this.#park(lane, retry);
    // Callers that were just settled often submit again in this turn of the event loop. Without this pause, two halves
    // of the callers would alternate.
    if (batch.length > 1) await new Promise((resolve) => setImmediate(resolve));
    this.#running--;
    if (lane.waiting.length > 0) this.#ready.push(lane);
    else {
      lane.running = false;
      this.#deleteIfIdle(lane);
    }
    this.#startReady();
  }

  /** Parks commands until the reads that they need settle. Then they go to the front of the queue. */
  #park(lane: Lane, retry: readonly Pending[]): void {
    for (const [waitsFor, pendings] of Map.groupBy(retry, (pending) => pending.waitsFor)) {
      if (waitsFor === null) continue;
      for (const pending of pendings) lane.parked.add(pending);
      void waitsFor.then(() => {
        const back = pendings.filter((pending) => lane.parked.delete(pending) && !pending.settled);
        for (const pending of back) pending.waitsFor = null;
        lane.waiting.unshift(...back);
        if (back.length > 0) this.#wake(lane);
        else this.#deleteIfIdle(lane);
      });
    }
  }

  #deleteIfIdle(lane: Lane): void {
    if (lane.running || lane.parked.size > 0) return;
    if (this.#lanes.get(lane.eventId) === lane) this.#lanes.delete(lane.eventId);
    if (this.#lanes.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Takes the next batch, first come, first served. Refuses commands past their deadline: nothing of them was run. */
  #takeBatch(lane: Lane): readonly Pending[] {
    this.#refuseLate(lane);
    let [taken, seats] = [0, 0];
    for (const { command, alone } of lane.waiting) {
      seats += countSeats(command);
      const full = taken === this.#limits.batchMax || seats > this.#limits.batchSeatsMax;
      if (taken > 0 && (full || alone)) break;
      taken++;
      if (alone) break; // guard: deadline-of-single-commands
    }
    const batch = lane.waiting.splice(0, taken);
    this.#measureWaits(batch);
    return batch;
  }

  #measureWaits(batch: readonly Pending[]): void {
    const waitedSince = performance.now() + this.#limits.waitMaxMs;
    for (const pending of batch) {
      if (pending.taken) continue;
      pending.taken = true;
      metrics.queueWaitSeconds.observe((waitedSince - pending.deadlineMs) / 1000);
    }
  }

  /** Refuses commands at their deadline, or when writes are switched off, even while a slow batch is in flight. */
  #watchDeadlines(): void {
    this.#deadlines ??= setInterval(() => {
      for (const lane of this.#lanes.values()) this.#refuseLate(lane);
      if (this.#lanes.size > 0) return;
      clearInterval(this.#deadlines);
      this.#deadlines = undefined;
    }, DEADLINES_EVERY_MS).unref();
  }

  #refuseLate(lane: Lane): void {
    const now = performance.now();
    const refusal = this.#writes?.areOn === false ? this.#writes.refusal() : null;
    const isLate = ({ deadlineMs }: Pending) => refusal !== null || deadlineMs <= now; // guard: waiting-refused-when-read-only
    // guard: deadline-of-parked-commands
    for (const pending of lane.parked) if (isLate(pending)) pending.settle(refusal ?? new BusyError());
    for (const pending of lane.waiting) if (isLate(pending)) pending.settle(refusal ?? new BusyError());
    if (lane.waiting.some(isLate)) lane.waiting = lane.waiting.filter((pending) => !isLate(pending));
  }
}

function createPending(
  submission: Submission,
  deadlineMs: number,
  settle: (outcome: Outcome | Error) => void,
): Pending {
  return {
    ...submission,
    deadlineMs,
    request: currentRequest(),
    conflicted: false,
    candidates: null,
    waitsFor: null,
    alone: false,
    taken: false,
    retried: false,
    staleMap: false,
    contested: false,
    settled: false,
    settle(outcome) {
      if (this.settled) return;
      this.settled = true;
      settle(outcome);
    },
  };
}

function countSeats(command: Command): number {
  if (command.kind === 'hold') return 2 * command.quantity; // The named seats, and as many that the server may choose.
  return 'seats' in command ? command.seats.length : 1;
}
