import { BusyError } from '../../platform/errors.ts';
import type { Command, Outcome } from '../rules/model.ts';
import type { SeatChoice } from '../../seating/best-available/best-available.ts';

export interface Submission {
  readonly command: Command;
  /** How the server is to choose seats for a hold: at once, or only once the named ones turned out to be taken. */
  readonly choice: { readonly when: 'always' | 'onConflict'; readonly seats: SeatChoice } | null;
}

/** A command on its way. */
export interface Pending extends Submission {
  readonly deadlineMs: number;
  /** Turned true when a batch found the command's seats taken: from then on the server chooses. */
  conflicted: boolean;
  /** Seats that the server chose for the next batch to try; null: none yet. */
  candidates: readonly number[] | null;
  /** What the command needs before it can run. Until it settles, it waits outside its lane. Never rejects. */
  waitsFor: Promise<unknown> | null;
  /** Turned true when a batch with this command failed, perhaps because of it: from then on it runs by itself. */
  alone: boolean;
  /** Turned true when a batch with this command is retried. */
  retried: boolean;
  /** Turned true when seats that the server chose were taken: its map is behind, and it has to look closer. */
  misled: boolean;
  /** Turned true by the first call of `settle`; later calls do nothing. */
  settled: boolean;
  settle(outcome: Outcome | Error): void;
}

/** Runs one batch, settles what it can, and returns what has to come again. Never rejects. */
export type ExecuteBatch = (eventId: number, batch: readonly Pending[]) => Promise<readonly Pending[]>;

export interface GroupCommitLimits {
  /** Commands in one batch. */
  readonly batchMax: number;
  /**
   * Seats in one batch. Together with `batchMax` it bounds a batch's bytes too: ids and keys are of a fixed size.
   * A single command may always go, however many seats it names.
   */
  readonly batchSeatsMax: number;
  /** Commands that wait for one event; one more is answered BusyError at once. */
  readonly queueMax: number;
  /** Batches of different events at the same time: the size of the batches' pool. */
  readonly lanesMax: number;
  /** How long a command may wait to be decided. */
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
  /** Commands that wait for something of their own and hold nobody up; see `Pending.waitsFor`. */
  readonly parked: Set<Pending>;
  running: boolean;
}

/**
 * Group commit: while a batch for an event is under way, the commands that arrive for that event collect, and when it
 * returns all of them go into the next one. One batch in flight an event and process. No timer delays anything: a
 * command that finds its event idle starts a batch at once.
 */
export class GroupCommit {
  readonly #execute: ExecuteBatch;
  readonly #limits: GroupCommitLimits;
  readonly #lanes = new Map<number, Lane>();
  readonly #ready: Lane[] = [];
  readonly #idle: (() => void)[] = [];
  #running = 0;
  #deadlines: NodeJS.Timeout | undefined;

  constructor(execute: ExecuteBatch, limits: GroupCommitLimits = defaultGroupCommitLimits) {
    this.#execute = execute;
    this.#limits = limits;
  }

  /**
   * @returns what became of the command, once it is committed or certain not to be.
   * @throws {BusyError} where the queue is full or the command was not reached in time.
   */
  submit(eventId: number, submission: Submission): Promise<Outcome> {
    const lane = this.#laneOf(eventId);
    if (lane.waiting.length + lane.parked.size >= this.#limits.queueMax)
      return Promise.reject(new BusyError());
    return new Promise((resolve, reject) => {
      lane.waiting.push(
        pendingOf(submission, performance.now() + this.#limits.waitMaxMs, (outcome) =>
          outcome instanceof Error ? reject(outcome) : resolve(outcome),
        ),
      );
      this.#watchDeadlines();
      this.#wake(lane);
    });
  }

  /** Resolves when nothing waits and nothing is under way. */
  async drained(): Promise<void> {
    if (this.#lanes.size === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #laneOf(eventId: number): Lane {
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

  /** One batch of the lane; afterwards it stands in line again behind the others, if something waits for it. */
  async #runOnce(lane: Lane): Promise<void> {
    const batch = this.#takeBatch(lane);
    // Only then looked at what waits: meanwhile those who waited too long were refused, and it is another list.
    const undecided = batch.length > 0 ? await this.#execute(lane.eventId, batch) : [];
    lane.waiting.unshift(...undecided.filter(({ waitsFor }) => waitsFor === null));
    this.#park(lane, undecided);
    // Those just answered ask again in this turn of the event loop: without it two halves of the callers take turns.
    if (batch.length > 1) await new Promise((resolve) => setImmediate(resolve));
    this.#running--;
    if (lane.waiting.length > 0) this.#ready.push(lane);
    else {
      lane.running = false;
      this.#deleteIfIdle(lane);
    }
    this.#startReady();
  }

  /** Sets commands aside until what they wait for settles. Then they are in front of the next batch. */
  #park(lane: Lane, undecided: readonly Pending[]): void {
    for (const [waitsFor, pendings] of Map.groupBy(undecided, (pending) => pending.waitsFor)) {
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

  /** First come, first served. What has waited too long is refused, where it is certain that nothing happened. */
  #takeBatch(lane: Lane): readonly Pending[] {
    this.#refuseLate(lane);
    let [taken, seats] = [0, 0];
    for (const { command, alone } of lane.waiting) {
      seats += seatsOf(command);
      const full = taken === this.#limits.batchMax || seats > this.#limits.batchSeatsMax;
      if (taken > 0 && (full || alone)) break;
      taken++;
      if (alone) break; // guard: deadline-of-single-commands
    }
    return lane.waiting.splice(0, taken);
  }

  /** Behind a batch that takes long, commands are refused at their deadline, not when their turn comes. */
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
    const isLate = ({ deadlineMs }: Pending) => deadlineMs <= now;
    // guard: deadline-of-parked-commands
    for (const pending of lane.parked) if (isLate(pending)) pending.settle(new BusyError());
    if (!lane.waiting.some(isLate)) return;
    for (const pending of lane.waiting) if (isLate(pending)) pending.settle(new BusyError());
    lane.waiting = lane.waiting.filter((pending) => !isLate(pending));
  }
}

function pendingOf(
  submission: Submission,
  deadlineMs: number,
  settle: (outcome: Outcome | Error) => void,
): Pending {
  return {
    ...submission,
    deadlineMs,
    conflicted: false,
    candidates: null,
    waitsFor: null,
    alone: false,
    retried: false,
    misled: false,
    settled: false,
    settle(outcome) {
      if (this.settled) return;
      this.settled = true;
      settle(outcome);
    },
  };
}

function seatsOf(command: Command): number {
  if (command.kind === 'hold') return 2 * command.quantity; // The named ones, and those that the server may choose.
  return 'seats' in command ? command.seats.length : 1;
}
